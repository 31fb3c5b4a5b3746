// The brokers that this project starts by itself, as users have them: their own defaults, or what deploy/ gives.
import { existsSync } from 'node:fs'
import { run } from '../../scripts/lib/run.mjs'
import { isInstalled } from '../../scripts/lib/installed.mjs'
import { programs } from '../../scripts/lib/broker-programs.mjs'
import { definitions } from '../../deploy/access/rabbitmq.mjs'
import { ann, root } from '../access/expectations.mjs'
import { startBroker } from '../support/broker.mjs'
import { startDeployedMosquitto } from '../support/deployed-mosquitto.mjs'
import { startRabbitMq } from '../support/rabbitmq.mjs'
import { hasEjabberd, startEjabberd } from '../support/brokers/ejabberd.mjs'
import { startHivemq } from '../support/brokers/hivemq.mjs'
import { startMochi } from '../support/brokers/mochi.mjs'
import { startNats } from '../support/brokers/nats.mjs'

/**
 * @typedef {object} Started
 * @property {string} version
 * @property {import('./suite/lab.mjs').Target} target
 * @property {() => Promise<void>} close
 *
 * @typedef {{ name: string, isHere: () => boolean, start: () => Promise<Started> }} Known
 */

/** @type {import('../../deploy/access/rules.mjs').Account[]} */
const bound = [
  { role: 'webapp', name: ann },
  { role: 'service', name: 'stock/one' },
]

/** What the shipped access rules make of an account. @param {string} role @param {string} name */
const accountOf = async (role, name) => ({ username: role === 'webapp' ? name : `${role}:${name.replace('/', ':')}`, password: 'secret' })

/** Another one, with the access rules. */
async function startBound() {
  const deployed = await startDeployedMosquitto()
  for (const account of bound) await deployed.add(account, root)
  return deployed
}

async function mosquitto() {
  const broker = await startBroker({ users: { tester: 'secret' }, persistence: true })
  const deployed = await startBound().catch(async (error) => {
    await broker.close()
    throw error
  })
  return {
    version: await versionOf('mosquitto', ['-h'], /version ([\d.]+)/),
    target: {
      urls: [broker.url],
      tcpUrl: `mqtt://127.0.0.1:${broker.tcpPort}`,
      credentials: { username: 'tester', password: 'secret' },
      accounts: accountOf,
      boundUrls: [deployed.url],
      restart: () => broker.restart(),
    },
    close: async () => void (await Promise.all([broker.close(), deployed.close()])),
  }
}

async function rabbitmq() {
  const rules = definitions(
    bound.map((account) => ({ account, password: 'secret' })),
    root,
  )
  const tester = { user: 'tester', vhost: '/', configure: '.*', write: '.*', read: '.*' }
  const { password_hash, hashing_algorithm } = /** @type {any} */ (rules.users[0])
  const broker = await startRabbitMq({
    definitions: {
      ...rules,
      users: [...rules.users, { name: 'tester', password_hash, hashing_algorithm, tags: [] }],
      permissions: [...rules.permissions, tester],
    },
  })
  return {
    version: await versionOf('dpkg-query', ['-W', '-f', '${Version}', 'rabbitmq-server'], /^([\d.]+)/),
    target: {
      urls: [broker.url],
      tcpUrl: broker.tcpUrl,
      credentials: broker.credentials,
      accounts: accountOf,
      boundUrls: [broker.url],
      restart: () => broker.restart(),
    },
    close: broker.close,
  }
}

/** @param {() => Promise<{ version: string, url: string, tcpUrl: string, credentials: object, restart: () => Promise<void>, close: () => Promise<void> }>} start */
const plain = (start) => async () => {
  const { version, url, tcpUrl, credentials, restart, close } = await start()
  return { version, target: { urls: [url], tcpUrl, credentials, restart: () => restart() }, close }
}

/** @param {string} program @param {string[]} args @param {RegExp} pattern */
async function versionOf(program, args, pattern) {
  return pattern.exec((await run(program, args)).output)?.[1] ?? '?'
}

/** @type {Known[]} */
export const brokers = [
  { name: 'Mosquitto', isHere: () => isInstalled('mosquitto'), start: mosquitto },
  { name: 'RabbitMQ', isHere: () => isInstalled('rabbitmq-server'), start: rabbitmq },
  { name: 'NATS', isHere: () => existsSync(programs.nats.file), start: plain(startNats) },
  { name: 'mochi', isHere: () => existsSync(programs.mochi.file), start: plain(startMochi) },
  { name: 'HiveMQ CE', isHere: () => existsSync(programs.hivemq.file) && isInstalled('java'), start: plain(startHivemq) },
  { name: 'ejabberd', isHere: hasEjabberd, start: plain(startEjabberd) },
]
