// dist/paho-mqtt.js: a plain script, with wsmq.wasm beside it.
import createModule from 'wsmq:separate'
import { loadOnce } from '../load.js'
import { install } from './install.js'

// currentScript is only set while the script runs; in a worker, the location is the script's.
const address =
  typeof document === 'undefined' ? location.href : ((document.currentScript as HTMLScriptElement | null)?.src ?? location.href)

install(loadOnce(createModule, () => new URL('./wsmq.wasm', address)))
