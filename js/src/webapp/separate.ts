// The one instance of the module with messaging whose wasm is a file of its own.
import createModule from 'wsmq:webapp-separate'
import { loadOnce } from '../load.js'

export const load = /* @__PURE__ */ loadOnce(createModule, () => new URL('./wsmq-webapp.wasm', import.meta.url))
