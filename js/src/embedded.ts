// The instance of the module that all entries with the embedded module share: a page may use several of them.
import createModule from 'wsmq:embedded'
import { loadOnce } from './load.js'

export const load = /* @__PURE__ */ loadOnce(createModule)
