// One page measures one library: bench/page/?peer=paho. run.mjs calls `bench.open`, `bench.run` and
// `bench.close`, and reads the processor's time in between.
import './sockets.js'
import * as publish from './rows/publish.js'
import * as receive from './rows/receive.js'
import * as roundTrip from './rows/round-trip.js'
import * as trip from './rows/trip.js'
import { wasmMemory } from './wasm-memory.js'

const runs = { publish: publish.run, receive: receive.run, roundTrip: roundTrip.run, trip: trip.run }
const name = new URLSearchParams(location.search).get('peer')
const { peer } = await import(`./adapters/${name}.js`)

globalThis.bench = {
  open: (url) => peer.open(url),
  run: (kind, parameters) => runs[kind](peer, parameters),
  close: () => peer.close(),
  wasmMemory,
}
