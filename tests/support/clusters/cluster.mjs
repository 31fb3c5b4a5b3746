import { setTimeout as sleep } from 'node:timers/promises'
import mqtt from 'mqtt'

/**
 * @typedef {object} Node
 * @property {string} url of MQTT over WebSocket
 * @property {string} tcpUrl
 * @property {number} webSocketPort
 * @property {{ username: string, password: string }} credentials
 * @property {(signal?: NodeJS.Signals) => Promise<void>} stop
 * @property {() => Promise<void>} start with what it stored
 * @property {() => Promise<void>} close
 */

/**
 * The nodes of a cluster as one thing, once all of them have started.
 * @param {readonly Promise<Node>[]} starting
 * @param {object} options
 * @param {3 | 4 | 5} options.protocolVersion the highest that they speak
 * @param {(nodes: Node[]) => Promise<unknown>} [options.ready] returns when the cluster takes clients
 * @param {() => Promise<unknown>} [options.end] ends what runs beside the nodes
 */
export async function clusterOf(starting, { protocolVersion, ready = async () => {}, end = async () => {} }) {
  const settled = await Promise.allSettled(starting)
  const nodes = settled.flatMap((each) => (each.status === 'fulfilled' ? [each.value] : []))
  const close = async () => {
    await Promise.all(nodes.map((node) => node.stop('SIGKILL'))) // what they store goes with them
    await Promise.all(nodes.map((node) => node.close()))
    await end()
  }
  try {
    for (const each of settled) if (each.status === 'rejected') throw each.reason
    await ready(nodes)
  } catch (error) {
    await close()
    throw error
  }
  const [first] = nodes
  if (!first) throw new Error('A cluster has at least one node.')
  return { nodes, protocolVersion, credentials: first.credentials, close, [Symbol.asyncDispose]: close }
}

/** Whether a client can connect and subscribe. @param {Node} node */
export async function takesClients({ tcpUrl, credentials }) {
  const client = await mqtt.connectAsync(tcpUrl, { ...credentials, reconnectPeriod: 0, connectTimeout: 5000 })
  try {
    await client.subscribeAsync('ready', { qos: 1 })
    return true
  } finally {
    client.end(true)
  }
}

/**
 * Asks until the answer is yes; an error counts as no.
 * @param {string} what
 * @param {() => unknown} condition
 * @param {number} [patience] milliseconds
 */
export async function eventually(what, condition, patience = 60_000) {
  const deadline = performance.now() + patience
  /** @type {unknown} */
  let last
  while (performance.now() < deadline) {
    try {
      if (await condition()) return
      last = undefined
    } catch (error) {
      last = error
    }
    await sleep(20)
  }
  throw new Error(`Not within ${patience / 1000} s: ${what}`, { cause: last })
}
