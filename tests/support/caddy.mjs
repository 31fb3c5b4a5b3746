import { join } from 'node:path'
import { must } from '../../scripts/lib/run.mjs'
import { freePort } from './free-port.mjs'
import { addressesOf, startShippedProgram } from './shipped-program.mjs'

/**
 * Caddy with the file that deploy/ gives to users; only paths and ports are changed, and what `changes` says.
 * @param {{ brokerPort: number, changes?: (readonly [from: string, to: string])[] }} options
 */
export async function startCaddy({ brokerPort, changes = [] }) {
  const [http, https] = [await freePort(), await freePort()]
  const server = await startShippedProgram({
    program: 'caddy',
    args: (configuration) => ['run', '--adapter', 'caddyfile', '--config', configuration],
    file: 'caddy/Caddyfile',
    changes: async (directory) => [
      [
        '\tadmin unix//var/lib/caddy/',
        `\thttp_port ${http}\n\thttps_port ${https}\n\tdefault_bind 127.0.0.1\n\tauto_https disable_certs\n\tadmin unix/${directory}/`,
      ],
      ['\nexample.org {', '\nlocalhost, 127.0.0.1, example.org {'],
      ['/etc/caddy/certificates/', `${directory}/`],
      ['/usr/share/caddy', `${directory}/html`],
      ['127.0.0.1:9001', `127.0.0.1:${brokerPort}`],
      ...changes,
    ],
    ports: [http, https],
  })
  /** As `systemctl reload caddy` does it. */
  const reload = () => must('caddy', ['reload', '--force', '--adapter', 'caddyfile', '--config', join(server.directory, 'Caddyfile')])
  return { ...server, ...addressesOf(http, https), reload }
}
