import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { freePort } from '../free-port.mjs'
import { epmdAsShipped, everything, startRabbitMq } from '../rabbitmq.mjs'
import { clusterOf, takesClients } from './cluster.mjs'

/** Three nodes of RabbitMQ, on all of which is the queue of each session. Retained messages are where they were published. */
export async function startRabbitMqCluster() {
  const [epmdPort, unique] = /** @type {[number, number]} */ (await Promise.all([freePort(), freePort()]))
  const home = await mkdtemp(join(tmpdir(), 'wsmq-erlang-'))
  await writeFile(join(home, '.erlang.cookie'), `wsmq${unique}`, { mode: 0o400 })
  const epmd = epmdAsShipped(epmdPort)
  await epmd.start([epmdPort])
  const members = ['one', 'two', 'three'].map((name) => `${name}-${unique}@localhost`)
  const definition = { 'ha-mode': 'all', 'ha-sync-mode': 'automatic' }
  const policy = { vhost: '/', name: 'mirrored', pattern: '^mqtt-subscription-', 'apply-to': 'queues', priority: 0, definition }
  const definitions = { ...everything(), policies: [policy] }
  return clusterOf(
    members.map((node) => startRabbitMq({ definitions, cluster: { home, epmdPort, node, members } })),
    {
      protocolVersion: 4,
      ready: (nodes) => Promise.all(nodes.map((node) => takesClients(node))),
      end: async () => {
        await epmd.stop()
        await rm(home, { recursive: true, force: true })
      },
    },
  )
}
