// The one instance of the module with the wasm inside, shared by all entries that use it.
import createModule from 'wsmq:embedded'
import { loadOnce } from './load.js'

export const load = /* @__PURE__ */ loadOnce(createModule)
