import { existsSync, readdirSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { ServerProcess } from '../server-process.mjs'
import { startNode } from './started-node.mjs'

/**
 * @typedef {object} EjabberdCluster
 * @property {string} cookie the same for all nodes
 * @property {number} epmdPort of an epmd that runs already, for all nodes: `startEpmd`
 * @property {string[]} nodes names of nodes that run already (`nodeName`), one of which this one joins
 */

/** Where Debian keeps ejabberd and the libraries that it takes; by architecture. */
function libraries() {
  const places = existsSync('/usr/lib') ? readdirSync('/usr/lib').map((name) => `/usr/lib/${name}`) : []
  return places.find((place) => place.endsWith('-linux-gnu') && readdirSync(place).some((name) => /^ejabberd-\d/.test(name)))
}

export const hasEjabberd = () => libraries() !== undefined

function installed() {
  const place = libraries()
  if (!place) throw new Error('ejabberd is not installed. Run: npm run setup -- brokers')
  const version = readdirSync(place).find((name) => /^ejabberd-\d/.test(name))
  return { place, version: version?.slice('ejabberd-'.length) ?? '' }
}

/** Erlang's port mapper, which would else be started by the first node, and outlive everything. @param {number} port */
export const epmdOf = (port) => new ServerProcess('epmd', ['-port', String(port), '-address', '127.0.0.1'])

/**
 * An ejabberd that speaks MQTT by TCP and by WebSocket, and nothing else. It is run as Erlang runs it, because Debian's
 * `ejabberdctl` becomes another user first, who cannot read our directory; the system's own service is left alone. A
 * user's name in MQTT is `{user}@localhost`.
 * @param {{ users?: Record<string, string>, cluster?: EjabberdCluster, settings?: object }} [options] names without the
 *   host, and passwords; `settings` are further ones of mod_mqtt
 */
export function startEjabberd({ users = { tester: 'secret' }, cluster, settings = {} } = {}) {
  const { place, version } = installed()
  return startNode('ejabberd', 4, async (directory, [tcp = 0, webSocket = 0, distribution = 0, ownEpmd = 0]) => {
    const nodeName = `wsmq-${process.pid}-${tcp}@localhost`
    const cookie = cluster?.cookie ?? `wsmq${tcp}`
    const [user = '', password = ''] = Object.entries(users)[0] ?? []
    await writeFile(join(directory, 'ejabberd.yml'), JSON.stringify(configuration({ tcp, webSocket, cluster, settings })))
    // `cluster_nodes` alone connects the nodes, and each would keep a database of its own.
    const joined = (cluster?.nodes ?? []).slice(0, 1).map((node) => `ok = ejabberd_cluster:join('${node}')`)
    const registered = Object.entries(users).map(
      ([name, secret]) => `ejabberd_auth:try_register(<<${JSON.stringify(name)}>>, <<"localhost">>, <<${JSON.stringify(secret)}>>)`,
    )
    const interfaces = [
      'inet_dist_use_interface',
      '{127,0,0,1}',
      'inet_dist_listen_min',
      distribution,
      'inet_dist_listen_max',
      distribution,
    ]
    return {
      setup: {
        program: 'erl',
        args: [
          ...['-sname', nodeName, '-setcookie', cookie, '-noinput', '-kernel', ...interfaces.map(String)],
          ...['-mnesia', 'dir', JSON.stringify(join(directory, 'spool')), '-s', 'ejabberd'],
          ...['-eval', [...joined, ...registered, 'io:format("takes clients~n")'].join(', ') + '.'],
        ],
        env: {
          ERL_LIBS: place,
          ERL_EPMD_ADDRESS: '127.0.0.1',
          ERL_EPMD_PORT: String(cluster?.epmdPort ?? ownEpmd),
          ERL_CRASH_DUMP: join(directory, 'erl_crash.dump'),
          EJABBERD_CONFIG_PATH: join(directory, 'ejabberd.yml'),
          EJABBERD_LOG_PATH: join(directory, 'ejabberd.log'),
        },
        ready: /takes clients/,
        ports: [tcp, webSocket],
        helpers: cluster ? [] : [epmdOf(ownEpmd)],
      },
      facts: {
        version,
        nodeName,
        cookie,
        url: `ws://127.0.0.1:${webSocket}/mqtt`,
        tcpUrl: `mqtt://127.0.0.1:${tcp}`,
        webSocketPort: webSocket,
        credentials: { username: `${user}@localhost`, password },
      },
    }
  })
}

/** JSON is YAML. @param {{ tcp: number, webSocket: number, cluster: EjabberdCluster | undefined, settings: object }} options */
function configuration({ tcp, webSocket, cluster, settings }) {
  return {
    hosts: ['localhost'],
    loglevel: 'warning',
    auth_method: 'internal',
    disable_sasl_mechanisms: [],
    ...(cluster && cluster.nodes.length > 0 ? { cluster_nodes: cluster.nodes } : {}),
    listen: [
      { port: tcp, ip: '127.0.0.1', module: 'mod_mqtt', backlog: 1000 },
      { port: webSocket, ip: '127.0.0.1', module: 'ejabberd_http', request_handlers: { '/mqtt': 'mod_mqtt' } },
    ],
    modules: { mod_mqtt: { match_retained_limit: 'infinity', max_queue: 10000, ...settings } },
  }
}
