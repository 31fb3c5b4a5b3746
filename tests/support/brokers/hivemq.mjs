import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { fetched, programs } from '../../../scripts/lib/broker-programs.mjs'
import { startNode } from './started-node.mjs'

const source = fileURLToPath(new URL('hivemq/Server.java', import.meta.url))

/**
 * HiveMQ CE as it comes, with users.
 * @param {{ users?: Record<string, string> }} [options] names and passwords
 */
export function startHivemq({ users = { tester: 'secret' } } = {}) {
  fetched(programs.hivemq)
  return startNode('hivemq', 2, async (directory, [tcp, webSocket]) => {
    const [username = '', password = ''] = Object.entries(users)[0] ?? []
    for (const folder of ['conf', 'data', 'extensions']) await mkdir(join(directory, folder))
    await writeFile(
      join(directory, 'conf', 'config.xml'),
      `<?xml version="1.0"?>
<hivemq>
  <listeners>
    <tcp-listener><port>${tcp}</port><bind-address>127.0.0.1</bind-address></tcp-listener>
    <websocket-listener>
      <port>${webSocket}</port><bind-address>127.0.0.1</bind-address><path>/mqtt</path>
      <subprotocols><subprotocol>mqtt</subprotocol></subprotocols>
    </websocket-listener>
  </listeners>
  <anonymous-usage-statistics><enabled>false</enabled></anonymous-usage-statistics>
</hivemq>
`,
    )
    const opened = ['java.base/java.lang', 'java.base/java.nio', 'java.base/sun.nio.ch', 'jdk.management/com.sun.management.internal']
    return {
      setup: {
        program: 'java',
        args: [
          ...['-Xmx256m', '-Djava.net.preferIPv4Stack=true', ...opened.flatMap((each) => ['--add-opens', `${each}=ALL-UNNAMED`])],
          ...['-cp', join(programs.hivemq.place, '*'), source, directory, ...Object.entries(users).flat()],
        ],
        ready: /takes clients/,
        ports: [/** @type {number} */ (tcp), /** @type {number} */ (webSocket)],
      },
      facts: {
        version: programs.hivemq.version,
        url: `ws://127.0.0.1:${webSocket}/mqtt`,
        tcpUrl: `mqtt://127.0.0.1:${tcp}`,
        webSocketPort: /** @type {number} */ (webSocket),
        credentials: { username, password },
      },
    }
  })
}
