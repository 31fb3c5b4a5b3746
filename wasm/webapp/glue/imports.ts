// The functions that C++ calls in the module with messaging; and its Client.
import { WebappClient } from './client.js'

export * from '../../glue/imports.js'
export { dispatchLayerEvent } from './events.js'
export { toNumber } from './text.js'

Object.assign(Module, { Client: WebappClient })
