// The one instance of the module with messaging, its wasm inside.
import createModule from 'wsmq:webapp-embedded'
import { loadOnce } from '../load.js'

export const load = /* @__PURE__ */ loadOnce(createModule)
