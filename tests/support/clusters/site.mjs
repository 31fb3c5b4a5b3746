import { freePort } from '../free-port.mjs'
import { adaptShipped, startNginx } from '../nginx.mjs'

const placeholders = ['10.0.0.1:9001', '10.0.0.2:9001', '10.0.0.3:9001']

/**
 * nginx in front of up to three brokers by the files that deploy/ gives to users, on loopback and without TLS.
 * @param {readonly number[]} brokerPorts
 */
export async function startClusterSite(brokerPorts) {
  const port = await freePort()
  const nginx = await startNginx([port], async (directory) => {
    await adaptShipped(directory, {
      'websocket-mq.conf': [['http://127.0.0.1:9001/', 'http://websocket_mq_brokers/']],
      'websocket-mq-http.conf': [],
      'websocket-mq-cluster.conf': placeholders.map((placeholder, index) => {
        const broker = brokerPorts[index]
        return broker === undefined
          ? [`    server ${placeholder} max_fails=1 fail_timeout=5s;\n`, '']
          : [placeholder, `127.0.0.1:${broker}`]
      }),
    })
    return `include websocket-mq-http.conf;
include websocket-mq-cluster.conf;
server { listen 127.0.0.1:${port}; include websocket-mq.conf; }`
  })
  return { url: `ws://127.0.0.1:${port}/ws_mqtt`, ...nginx }
}
