// dist/paho-mqtt.embedded.js: a plain script that needs no other file.
import { load } from '../embedded.js'
import { install } from './install.js'

install(load)
