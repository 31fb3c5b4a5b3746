// The one instance of the module whose wasm is a file of its own.
import createModule from 'wsmq:separate'
import { loadOnce } from './load.js'

export const load = /* @__PURE__ */ loadOnce(createModule, () => new URL('./wsmq.wasm', import.meta.url))
