import { connectOnce } from '../connect-once.mjs'
import { eventually, within } from '../eventually.mjs'

/**
 * @typedef {object} Node
 * @property {string} url of MQTT over WebSocket
 * @property {string} tcpUrl
 * @property {number} webSocketPort
 * @property {{ username: string, password: string }} credentials
 * @property {(signal?: NodeJS.Signals) => Promise<void>} stop
 * @property {() => Promise<void>} start with what it stored
 * @property {() => string} log what it has printed
 * @property {() => Promise<void>} close
 */

/** Milliseconds until nodes that have started take clients: one that does something else as well needs a minute and more. */
const readyLimit = 120_000

/**
 * The nodes of a cluster as one thing, once all of them have started.
 * @param {readonly Promise<Node>[]} starting
 * @param {object} options
 * @param {3 | 4 | 5} options.protocolVersion the highest that they speak
 * @param {(nodes: Node[]) => Promise<unknown>} options.ready returns when the cluster takes clients
 * @param {() => Promise<unknown>} [options.end] ends what runs beside the nodes
 */
export async function clusterOf(starting, { protocolVersion, ready, end = async () => {} }) {
  const settled = await Promise.allSettled(starting)
  const nodes = settled.flatMap((each) => (each.status === 'fulfilled' ? [each.value] : []))
  const close = async () => {
    await Promise.all(nodes.map((node) => node.stop('SIGKILL'))) // what they store goes with them
    await Promise.all(nodes.map((node) => node.close()))
    await end()
  }
  try {
    for (const each of settled) if (each.status === 'rejected') throw each.reason
    await ready(nodes).catch((error) => {
      throw new Error(`The nodes have started, and the cluster takes no clients.${lastLines(nodes)}`, { cause: error })
    })
  } catch (error) {
    await close()
    throw error
  }
  const [first] = nodes
  if (!first) throw new Error('A cluster has at least one node.')
  return { nodes, protocolVersion, credentials: first.credentials, close, [Symbol.asyncDispose]: close }
}

/** @param {readonly Node[]} nodes */
function lastLines(nodes) {
  return nodes.map((node, index) => `\n--- node ${index + 1}:\n${node.log().slice(-6000)}`).join('')
}

/**
 * Returns when a client can connect and subscribe.
 * @param {Pick<Node, 'tcpUrl' | 'credentials'>} node
 * @param {number} [attempt] milliseconds: a node that hangs is asked again, on a connection of its own
 */
export function takesClients(node, attempt = 10_000) {
  return eventually(`a client can subscribe at ${node.tcpUrl}`, () => canSubscribe(node, attempt), readyLimit)
}

/** @param {Pick<Node, 'tcpUrl' | 'credentials'>} node @param {number} limit milliseconds */
async function canSubscribe({ tcpUrl, credentials }, limit) {
  const client = await connectOnce(tcpUrl, { ...credentials, connectTimeout: limit })
  try {
    await within('a SUBACK', client.subscribeAsync('ready', { qos: 1 }), limit)
    return true
  } finally {
    client.end(true)
  }
}
