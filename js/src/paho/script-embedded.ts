// dist/paho-mqtt.embedded.js: a plain script that needs no other file, but uses timer.js beside it.
import createModule from 'wsmq:embedded'
import { loadOnce } from '../load.js'
import { install } from './install.js'
import { ownAddress } from './own-address.js'

install(loadOnce(createModule, undefined, () => new Worker(new URL('./timer.js', ownAddress))))
