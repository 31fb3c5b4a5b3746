// dist/paho-mqtt.js: a plain script, with wsmq.wasm beside it.
import createModule from 'wsmq:separate'
import { loadOnce } from '../load.js'
import { install } from './install.js'

// Only while it runs does a script know where it came from; a worker knows its own address.
const address =
  typeof document === 'undefined' ? location.href : ((document.currentScript as HTMLScriptElement | null)?.src ?? location.href)

install(loadOnce(createModule, () => new URL('./wsmq.wasm', address)))
