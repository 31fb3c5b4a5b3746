// dist/paho-mqtt.js: a plain script, with wsmq.wasm beside it.
import createModule from 'wsmq:separate'
import { loadOnce } from '../load.js'
import { ownAddress } from './own-address.js'
import { install } from './install.js'

install(
  loadOnce(
    createModule,
    () => new URL('./wsmq.wasm', ownAddress),
    () => new Worker(new URL('./timer.js', ownAddress)),
  ),
)
