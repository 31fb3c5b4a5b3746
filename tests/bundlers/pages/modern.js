import { connect } from 'websocket-mq'
import { roundTrip } from './round-trip.js'

Object.assign(globalThis, { result: roundTrip(connect) })
