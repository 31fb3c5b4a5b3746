// What this page exchanges with others of its kind. Nobody checks that others keep to it.
import type { Webapp } from 'websocket-mq/webapp/wasm'

export interface DemoSchema {
  state: { rooms?: string[] }
  message: { text: string }
  device: { battery?: number }
}

export type App = Webapp<DemoSchema>
