import { epmdOf, startEjabberd } from '../brokers/ejabberd.mjs'
import { freePort } from '../free-port.mjs'
import { clusterOf, takesClients } from './cluster.mjs'

/** Two nodes of ejabberd, which share subscriptions. Retained messages and sessions are on the node of their client. */
export async function startEjabberdCluster() {
  const epmdPort = await freePort()
  const epmd = epmdOf(epmdPort)
  await epmd.start([epmdPort])
  const cookie = `wsmq${epmdPort}`
  const first = startEjabberd({ cluster: { cookie, epmdPort, nodes: [] } })
  const second = first.then(({ nodeName }) => startEjabberd({ cluster: { cookie, epmdPort, nodes: [nodeName] } }))
  return clusterOf([first, second], {
    protocolVersion: 5,
    ready: (nodes) => Promise.all(nodes.map((node) => takesClients(node))),
    end: () => epmd.stop(),
  })
}
