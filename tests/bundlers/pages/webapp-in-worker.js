import { Webapp } from 'websocket-mq/webapp/wasm'
import { talk } from './talk.js'

// In workers of the page, and in those of all tabs.
const results = (async () => [await talk(Webapp, { worker: true }), await talk(Webapp, { shared: true })])()
Object.assign(globalThis, { result: results.then(([one, other]) => (one === other ? one : `${one}, ${other}`)) })
