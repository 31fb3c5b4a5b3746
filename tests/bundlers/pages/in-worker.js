import { connect } from 'websocket-mq/wasm'
import { roundTrip } from './round-trip.js'

// In a worker of the page, and in one of all tabs.
const results = (async () => [
  await roundTrip((url) => connect(url, { worker: true })),
  await roundTrip((url) => connect(url, { shared: true })),
])()
Object.assign(globalThis, { result: results.then(([one, other]) => (one === other ? one : `${one}, ${other}`)) })
