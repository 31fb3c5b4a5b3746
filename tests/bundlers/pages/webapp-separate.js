import { Webapp } from 'websocket-mq/webapp/wasm'
import { talk } from './talk.js'

Object.assign(globalThis, { result: talk(Webapp) })
