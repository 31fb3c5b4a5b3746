// websocket-mq/paho, the drop-in for Paho.
import * as Paho from '/dist/paho.js'
import { classicPeer } from './classic.js'

export const peer = classicPeer(Paho)
