import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fetched, programs } from '../../../scripts/lib/broker-programs.mjs'
import { startNode } from './started-node.mjs'

/**
 * @typedef {object} NatsCluster
 * @property {string} name of this node, each its own
 * @property {number} port where the other nodes reach it
 * @property {number[]} others the ports of the other nodes
 * @property {number} [replicas] of what is stored; by default as many as there are nodes, 3 at most
 */

/**
 * A NATS server that speaks MQTT 3.1.1 by TCP and by WebSocket. Sessions and retained messages are in JetStream, in its
 * directory. Every node of a cluster has to be started before any of them takes clients: start them together.
 * @param {{ users?: Record<string, string>, cluster?: NatsCluster, settings?: string[] }} [options] names and passwords;
 *   further lines of the configuration
 */
export function startNats({ users = { tester: 'secret' }, cluster, settings = [] } = {}) {
  const program = fetched(programs.nats)
  return startNode('nats', 3, async (directory, [client, mqtt, webSocket]) => {
    const [username = '', password = ''] = Object.entries(users)[0] ?? []
    const lines = [
      `server_name: ${cluster?.name ?? 'wsmq'}`,
      `listen: "127.0.0.1:${client}"`,
      `jetstream { store_dir: ${JSON.stringify(join(directory, 'store'))}, max_memory_store: 64MB, max_file_store: 1GB }`,
      `mqtt { listen: "127.0.0.1:${mqtt}"${cluster ? `, stream_replicas: ${cluster.replicas ?? Math.min(3, cluster.others.length + 1)}` : ''} }`,
      `websocket { listen: "127.0.0.1:${webSocket}", no_tls: true }`,
      `authorization { users: ${JSON.stringify(Object.entries(users).map(([user, password]) => ({ user, password })))} }`,
      ...(cluster ? clusterLines(cluster) : []),
      ...settings,
    ]
    await writeFile(join(directory, 'nats.conf'), lines.join('\n') + '\n', { mode: 0o600 })
    return {
      setup: {
        program,
        args: ['-c', join(directory, 'nats.conf')],
        ready: /Server is ready/,
        ports: [/** @type {number} */ (mqtt), /** @type {number} */ (webSocket)],
      },
      facts: {
        version: programs.nats.version,
        url: `ws://127.0.0.1:${webSocket}/mqtt`,
        tcpUrl: `mqtt://127.0.0.1:${mqtt}`,
        webSocketPort: /** @type {number} */ (webSocket),
        credentials: { username, password },
      },
    }
  })
}

/** @param {NatsCluster} cluster */
function clusterLines({ port, others }) {
  const routes = others.map((other) => `"nats://127.0.0.1:${other}"`).join(', ')
  return [`cluster { name: wsmq, listen: "127.0.0.1:${port}", routes: [${routes}] }`]
}
