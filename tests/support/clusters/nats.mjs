import { startNats } from '../brokers/nats.mjs'
import { eventually } from '../eventually.mjs'
import { freePort } from '../free-port.mjs'
import { clusterOf, takesClients } from './cluster.mjs'

/** Three nodes of NATS, on all of which is whatever is stored: sessions, retained messages, what waits. */
export async function startNatsCluster() {
  const ports = await Promise.all(Array.from({ length: 3 }, freePort))
  const monitors = await Promise.all(ports.map(freePort))
  // None takes clients before it has found the others.
  const started = ports.map((port, index) =>
    startNats({
      cluster: { name: `node-${index}`, port, others: ports.filter((other) => other !== port) },
      settings: [`http: "127.0.0.1:${monitors[index]}"`],
    }),
  )
  return clusterOf(started, {
    protocolVersion: 4,
    ready: async (nodes) => {
      for (const monitor of monitors)
        await eventually('JetStream is ready', async () => (await fetch(`http://127.0.0.1:${monitor}/healthz`)).status === 200)
      // The first client of all has the streams made. Others, meanwhile, would be refused.
      for (const node of nodes) await takesClients(node)
    },
  })
}
