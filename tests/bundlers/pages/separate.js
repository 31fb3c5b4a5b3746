import { connect } from 'websocket-mq/wasm'
import { roundTrip } from './round-trip.js'

Object.assign(globalThis, { result: roundTrip(connect) })
