// paho-mqtt 1.1.0. Its QoS 1 messages go through localStorage, one by one.
import { script } from '../script.js'
import { classicPeer } from './classic.js'

await script('/peers/paho/paho-mqtt-min.js')
export const peer = classicPeer(globalThis.Paho)
