import { existsSync } from 'node:fs'
import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { freePort, startOnFreePorts } from './free-port.mjs'
import { makeCertificate } from './certificate.mjs'
import { ServerProcess } from './server-process.mjs'

const shipped = new URL('../../deploy/rabbitmq/', import.meta.url)
const loginProgram = fileURLToPath(new URL('../../deploy/access/rabbitmq-login.mjs', import.meta.url))
// Debian's own command becomes another user first, who cannot read our directory.
const debian = '/usr/lib/rabbitmq/bin/rabbitmq-server'

// "secret", with a salt of four zeros, as RabbitMQ hashes it.
const secretHash = 'AAAAAAmpGNWh4Zb1y9OixpZ8JE04dFn6QBxU9IcgRn7sp6Ks'

/**
 * A user who may do everything, for tests that are not about access.
 * @param {string} [username]
 * @param {string} [passwordHash]
 */
export function everything(username = 'tester', passwordHash = secretHash) {
  return {
    vhosts: [{ name: '/' }],
    users: [{ name: username, password_hash: passwordHash, hashing_algorithm: 'rabbit_password_hashing_sha256', tags: [] }],
    permissions: [{ user: username, vhost: '/', configure: '.*', write: '.*', read: '.*' }],
  }
}

/**
 * @typedef {object} RabbitMqCluster
 * @property {string} home where Erlang's cookie is, the same for all nodes
 * @property {number} epmdPort of an epmd that runs already, for all nodes
 * @property {string} node the name of this one, `name@localhost`
 * @property {string[]} members the names of all
 */

/** Started by the tests, so that Erlang starts none of its own, which would outlive everything. @param {number} port */
export function epmdAsShipped(port) {
  const asShipped = '. "$0" && exec epmd -port "$1"' // at the address that the shipped file says
  return new ServerProcess('sh', ['-c', asShipped, fileURLToPath(new URL('rabbitmq-env.conf', shipped)), String(port)])
}

/** The plugins that tokens need, and where the issuer is. @param {string} directory @param {{ issuerPort: number }} tokens */
async function useTokens(directory, { issuerPort }) {
  await cp(new URL('enabled_plugins.tokens', shipped), join(directory, 'enabled_plugins'))
  const file = join(directory, 'advanced.config')
  await writeFile(file, (await readFile(file, 'utf8')).replace('127.0.0.1:9003', `127.0.0.1:${issuerPort}`))
}

/** @param {RabbitMqCluster} cluster */
function clusterLines({ members }) {
  return [
    'cluster_formation.peer_discovery_backend = classic_config',
    ...members.map((member, index) => `cluster_formation.classic_config.nodes.${index + 1} = ${member}`),
    'cluster_partition_handling = pause_minority',
  ]
}

/**
 * A real RabbitMQ with its MQTT and Web MQTT plugins and the configuration that deploy/ gives to users; only paths and
 * ports are changed. Its home, cookie, node name and epmd are its own.
 * @param {{ definitions?: object, bindsIdentifiers?: boolean, cluster?: RabbitMqCluster,
 *   tokens?: { issuerPort: number, managementPort: number } }} [options] users and permissions, by default `tester` with the
 *   password `secret`; whether login.conf and the program that it asks are in place; which cluster it is a node of; the
 *   issuer whose tokens it takes, and the port of its own interface for administrators
 */
export function startRabbitMq(options = {}) {
  return startOnFreePorts(() => startOnce(options))
}

/** @param {NonNullable<Parameters<typeof startRabbitMq>[0]>} options */
async function startOnce({ definitions = everything(), bindsIdentifiers = false, cluster, tokens }) {
  const directory = await mkdtemp(join(tmpdir(), 'wsmq-rabbitmq-'))
  const [tcp, webSocket, tls, distribution, epmdPort, loginPort] = await Promise.all(Array.from({ length: 6 }, freePort))
  const ports = /** @type {[number, number, number]} */ ([tcp, webSocket, tls])
  await mkdir(join(directory, 'home'), { mode: 0o700 })
  makeCertificate(directory)
  await writeFile(join(directory, 'definitions.json'), JSON.stringify(definitions))
  for (const file of ['enabled_plugins', 'advanced.config', 'rabbitmq-env.conf']) await cp(new URL(file, shipped), join(directory, file))
  if (tokens) await useTokens(directory, tokens)
  const parts = ['rabbitmq.conf', ...(bindsIdentifiers ? ['login.conf'] : []), ...(tokens ? ['tokens.conf'] : [])]
  const text = await Promise.all(parts.map((file) => readFile(new URL(file, shipped), 'utf8')))
  const adapted = [...text, ...(cluster ? clusterLines(cluster) : [])]
    .join('\n')
    .replace('http://127.0.0.1:9002/', `http://127.0.0.1:${loginPort}/`)
    .replace(/(mqtt\.listeners\.tcp\.default = .*)1883/, `$1${tcp}`)
    .replace(/(mqtt\.listeners\.ssl\.default = .*)8883/, `$1${tls}`)
    .replace('web_mqtt.tcp.port = 9001', `web_mqtt.tcp.port = ${webSocket}`)
    .replace('management.tcp.port = 15672', `management.tcp.port = ${tokens?.managementPort}`)
    .replaceAll(/\/etc\/rabbitmq\/(?:certificates\/)?/g, `${directory}/`)
  await writeFile(join(directory, 'rabbitmq.conf'), adapted)

  const environment = {
    HOME: cluster?.home ?? join(directory, 'home'),
    ERL_CRASH_DUMP: join(directory, 'erl_crash.dump'),
    ERL_EPMD_PORT: String(cluster?.epmdPort ?? epmdPort),
    RABBITMQ_ADVANCED_CONFIG_FILE: join(directory, 'advanced.config'),
    RABBITMQ_CONFIG_FILE: join(directory, 'rabbitmq.conf'),
    RABBITMQ_CONF_ENV_FILE: join(directory, 'rabbitmq-env.conf'),
    RABBITMQ_DIST_PORT: String(distribution),
    RABBITMQ_ENABLED_PLUGINS_FILE: join(directory, 'enabled_plugins'),
    RABBITMQ_FEATURE_FLAGS_FILE: join(directory, 'feature-flags'),
    RABBITMQ_GENERATED_CONFIG_DIR: join(directory, 'generated'),
    RABBITMQ_LOG_BASE: join(directory, 'log'),
    RABBITMQ_MNESIA_BASE: join(directory, 'mnesia'),
    RABBITMQ_NODENAME: cluster?.node ?? `wsmq-${process.pid}-${tcp}@localhost`,
    RABBITMQ_PID_FILE: join(directory, 'pid'),
    RUNNING_UNDER_SYSTEMD: 'true', // the script becomes the server, whose id we then have
  }
  const epmd = epmdAsShipped(/** @type {number} */ (epmdPort))
  const server = new ServerProcess(existsSync(debian) ? debian : 'rabbitmq-server', [], environment)
  const login = new ServerProcess(process.execPath, [
    ...[loginProgram, '--definitions', join(directory, 'definitions.json')],
    ...['--port', String(loginPort)],
    ...(tokens ? ['--issuer', `http://127.0.0.1:${tokens.issuerPort}`] : []),
  ])
  let closed = false
  // After `close`, Erlang would start an epmd of its own, which outlives everything.
  const start = async () => {
    if (closed) throw new Error('This RabbitMQ was closed.')
    await server.start(ports, /completed with \d+ plugins/) // it listens earlier than it takes clients
  }
  const close = async () => {
    closed = true
    await server.stop()
    await epmd.stop()
    await login.stop()
    await rm(directory, { recursive: true, force: true })
  }
  try {
    if (bindsIdentifiers) await login.start([/** @type {number} */ (loginPort)])
    if (!cluster) await epmd.start([/** @type {number} */ (epmdPort)])
    await start()
  } catch (error) {
    await close()
    throw error
  }
  return {
    url: `ws://127.0.0.1:${webSocket}/mqtt`,
    tcpUrl: `mqtt://127.0.0.1:${tcp}`,
    tlsUrl: `mqtts://localhost:${tls}`,
    authority: join(directory, 'authority.pem'),
    webSocketPort: /** @type {number} */ (webSocket),
    credentials: { username: 'tester', password: 'secret' },
    log: () => server.output,
    /** Stops the program that says who may log in. */
    stopLogins: () => login.stop(),
    /** Replaces the file that it reads; what RabbitMQ itself knows stays. @param {object} changed */
    setLogins: (changed) => writeFile(join(directory, 'definitions.json'), JSON.stringify(changed)),
    start,
    /** @param {NodeJS.Signals} [signal] */
    stop: (signal) => server.stop(signal),
    async restart() {
      await server.stop()
      await start()
    },
    close,
    [Symbol.asyncDispose]: close,
  }
}
