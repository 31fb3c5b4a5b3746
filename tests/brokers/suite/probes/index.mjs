import { access } from './access.mjs'
import { connections } from './connections.mjs'
import { mqtt5 } from './mqtt5.mjs'
import { messages } from './messages.mjs'
import { messaging } from './messaging.mjs'
import { restart } from './restart.mjs'

/** In the order of the matrix. @type {import('../run.mjs').Probe[]} */
export const probes = [...connections, ...messages, ...mqtt5, ...access, ...messaging, ...restart]
