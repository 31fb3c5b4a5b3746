import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fetched, programs } from '../../../scripts/lib/broker-programs.mjs'
import { startNode } from './started-node.mjs'

/**
 * A mochi, as its authors' own small server is; what it stores is in its directory.
 * @param {{ users?: Record<string, string>, capabilities?: object }} [options] names and passwords; further capabilities
 */
export function startMochi({ users = { tester: 'secret' }, capabilities } = {}) {
  const program = fetched(programs.mochi)
  return startNode('mochi', 2, async (directory, [tcp, webSocket]) => {
    const [username = '', password = ''] = Object.entries(users)[0] ?? []
    const configuration = {
      listeners: [
        { type: 'tcp', id: 'tcp', address: `127.0.0.1:${tcp}` },
        { type: 'ws', id: 'ws', address: `127.0.0.1:${webSocket}` },
      ],
      hooks: {
        // Others wait for the disk at each message: 100 in a second.
        storage: { pebble: { path: join(directory, 'store'), mode: 'NoSync' } },
        auth: { ledger: { auth: Object.entries(users).map(([username, password]) => ({ username, password, allow: true })) } },
      },
      ...(capabilities ? { options: { capabilities } } : {}),
      logging: { level: 'INFO' },
    }
    // A comment first, because else it would be read as JSON, whose names are others.
    await writeFile(join(directory, 'config.yaml'), `# YAML\n${JSON.stringify(configuration)}\n`, { mode: 0o600 })
    return {
      setup: {
        program,
        args: ['-config', join(directory, 'config.yaml')],
        ready: /mochi mqtt server started/,
        ports: [/** @type {number} */ (tcp), /** @type {number} */ (webSocket)],
      },
      facts: {
        version: programs.mochi.version,
        url: `ws://127.0.0.1:${webSocket}/mqtt`,
        tcpUrl: `mqtt://127.0.0.1:${tcp}`,
        webSocketPort: /** @type {number} */ (webSocket),
        credentials: { username, password },
      },
    }
  })
}
