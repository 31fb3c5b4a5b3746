import { randomBytes } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { startBroker } from '../support/broker.mjs'
import { startDeployedMosquitto } from '../support/deployed-mosquitto.mjs'
import bounds from './checks/bounds.mjs'
import election from './checks/election.mjs'
import errors from './checks/errors.mjs'
import expiry from './checks/expiry.mjs'
import instances from './checks/instances.mjs'
import leaving from './checks/leaving.mjs'
import once from './checks/once.mjs'
import requests from './checks/requests.mjs'
import retained from './checks/retained.mjs'
import streams from './checks/streams.mjs'
import { Caller } from './support/caller.mjs'
import { Skipped } from './support/check.mjs'
import { Instance } from './support/instance.mjs'
import { Records } from './support/records.mjs'
import { Tap } from './support/tap.mjs'
import { whoConnects } from './support/who-connects.mjs'

/** All checks in their order. */
export const checks = [
  ...requests,
  ...errors,
  ...once,
  ...streams,
  ...bounds,
  ...retained,
  ...election,
  ...instances,
  ...leaving,
  ...expiry,
]

/**
 * @typedef {object} Result
 * @property {string} name
 * @property {string} title
 * @property {'passed' | 'failed' | 'skipped'} outcome
 * @property {number} milliseconds
 * @property {string} [reason] why it failed or was skipped
 */

/**
 * Runs the checks against a service.
 * @param {object} options
 * @param {readonly string[]} options.command starts one instance
 * @param {string} [options.url] a broker of one's own; a private Mosquitto is started without it
 * @param {readonly string[]} [options.only] names of checks
 * @param {(result: Result) => void} [options.onResult]
 * @returns {Promise<Result[]>}
 */
export async function runSuite({ command, url, only = [], onResult = () => {} }) {
  // Mosquitto's own limit; `expired` relies on it.
  const settings = ['max_inflight_messages 20', 'log_type error', 'log_type warning', 'log_type notice']
  const broker = url ? undefined : await startBroker({ settings })
  const run = new Run(command, url ?? `mqtt://127.0.0.1:${broker?.tcpPort}`, broker)
  /** @type {Result[]} */
  const results = []
  try {
    await run.open()
    for (const check of checks.filter(({ name }) => only.length === 0 || only.includes(name))) {
      const result = await run.check(check)
      results.push(result)
      onResult(result)
    }
  } finally {
    await run.close()
    await broker?.close()
  }
  return results
}

/** One run: a service under names of its own, its instances, and the webapps that call them. */
class Run {
  /** @type {Instance[]} */
  #instances = []
  /** @type {Caller[]} */
  #callers = []
  /** @type {Records | undefined} */
  #records
  #isMqtt5 = true

  /**
   * @param {readonly string[]} command
   * @param {string} url
   * @param {import('../support/broker.mjs').Broker | undefined} broker
   */
  constructor(command, url, broker) {
    this.command = command
    this.url = url
    this.broker = broker
    const mark = randomBytes(4).toString('hex')
    this.names = { root: `conformance/${mark}/`, service: `service-${mark}` }
  }

  async open() {
    this.#records = await Records.watch(this.url, this.names)
    this.#isMqtt5 = this.#speaksMqtt5(await this.startInstance())
  }

  /** Those that should be running. */
  get instances() {
    return this.#instances.filter((instance) => instance.running)
  }

  /** @param {Record<string, string>} [environment] beside what every instance gets */
  async startInstance(environment) {
    const instance = this.#spawn({ WSMQ_URL: this.url, ...environment })
    try {
      await instance.ready(this.records)
    } catch (error) {
      await instance.stop('SIGKILL') // or else its record, late, would count as that of the next
      throw error
    }
    return instance
  }

  /** @param {Record<string, string>} environment */
  #spawn(environment) {
    const { root, service } = this.names
    const instance = new Instance(this.command, { WSMQ_ROOT: root, WSMQ_SERVICE: service, ...environment })
    this.#instances.push(instance)
    return instance
  }

  get records() {
    return /** @type {Records} */ (this.#records)
  }

  /** Starts an instance at a broker that takes nobody else, waits for its record and ends both. @param {string} user @param {string} password */
  async startWithPassword(user, password) {
    const broker = await startDeployedMosquitto()
    const { href: url } = Object.assign(new URL(broker.tcpUrl), {
      username: encodeURIComponent(user),
      password: encodeURIComponent(password),
    })
    try {
      await broker.command(accountForAll(user, password))
      const records = await Records.watch(url, this.names)
      const instance = this.#spawn({ WSMQ_URL: url })
      await instance.ready(records).finally(() => records.close())
      await instance.stop()
    } finally {
      await broker.close()
    }
  }

  /**
   * Starts an instance behind a tap, and ends all that is there.
   * @param {(tapped: import('./support/check.mjs').Tapped) => Promise<void>} use
   * @param {import('./support/tap.mjs').Look} [look]
   */
  async tapped(use, look) {
    if (!this.broker) throw new Error('Only the suite’s own broker is tapped')
    const tap = await Tap.open(this.broker.tcpPort, look)
    /** @type {Instance[]} */
    const behind = []
    const startAnother = async () => {
      const instance = await this.startInstance({ WSMQ_URL: tap.url })
      behind.push(instance)
      return instance
    }
    try {
      const instance = await startAnother()
      await use({ tap, instance, startAnother }).finally(() => Promise.all(behind.map((each) => each.stop())))
    } finally {
      tap.close()
    }
  }

  /** Stops the broker, and starts it on the same port once the service has tried in vain to come back. */
  async restartBroker() {
    const { broker } = this
    if (!broker) throw new Error('Only the suite’s own broker can be restarted')
    await this.#leave()
    await this.records.close()
    await broker.stop()
    await whoConnects(broker.tcpPort)
    await broker.start()
    this.#records = await Records.watch(this.url, this.names)
  }

  async #leave() {
    await Promise.all(this.#callers.splice(0).map((caller) => caller.leave()))
  }

  /** @param {{ user?: string, version?: 4 | 5 }} [options] */
  async join(options) {
    const caller = await Caller.join(this.url, this.names, options)
    this.#callers.push(caller)
    return caller
  }

  /** Waits until what is on its way to a caller has come; only time can show that nothing comes. @param {Caller} caller */
  async quiet(caller, milliseconds = 200) {
    await caller.response(await caller.start('echo', [], caller.newId('barrier-')))
    await sleep(milliseconds)
  }

  /** What somebody sees who comes later. @param {string} instance */
  async watchAgain(instance) {
    const records = await Records.watch(this.url, this.names)
    // What is retained comes with the subscription; whatever has not come after this long is not retained.
    const deadline = performance.now() + 20_000
    while (!records.seen.has(instance) && performance.now() < deadline) await records.changed(100)
    await records.close()
    return records.seen.get(instance) ?? { record: {}, retained: false, bytes: 0, contentType: undefined, expiry: undefined, at: 0 }
  }

  /** Whether the service speaks MQTT 5, as the broker's log tells; a broker of one's own does not tell. @param {Instance} instance */
  #speaksMqtt5({ name }) {
    const line = this.broker?.log.split('\n').find((each) => each.includes('New client connected') && each.includes(name))
    return line === undefined || line.includes('(p5,')
  }

  /**
   * @param {import('./support/check.mjs').Check} check
   * @returns {Promise<Result>}
   */
  async check({ name, title, needs, ownBroker, run }) {
    const start = performance.now()
    /** @param {'passed' | 'failed' | 'skipped'} outcome @param {string} [reason] */
    const result = (outcome, reason) => ({
      name,
      title,
      outcome,
      milliseconds: Math.round(performance.now() - start),
      ...(reason && { reason }),
    })
    if (ownBroker && !this.broker) return result('skipped', 'it needs the settings of the suite’s own broker')
    if (needs === 5 && !this.#isMqtt5) return result('skipped', 'the service speaks MQTT 3.1.1')
    try {
      const [instance = await this.startInstance()] = this.instances
      await run({
        caller: await this.join(),
        join: (options) => this.join(options),
        quiet: (caller, milliseconds) => this.quiet(caller, milliseconds),
        instance,
        instances: () => this.instances,
        startInstance: (environment) => this.startInstance(environment),
        startWithPassword: (user, password) => this.startWithPassword(user, password),
        tapped: (use, look) => this.tapped(use, look),
        restartBroker: () => this.restartBroker(),
        watchAgain: (instance) => this.watchAgain(instance),
        brokerLog: () => this.broker?.log ?? '',
        names: this.names,
        records: () => this.records,
      })
      return result('passed')
    } catch (error) {
      if (error instanceof Skipped) return result('skipped', error.message)
      return result('failed', error instanceof Error ? error.message : String(error))
    } finally {
      await this.#leave()
    }
  }

  async close() {
    for (const instance of this.#instances) await instance.stop('SIGKILL')
    await this.#records?.close()
  }
}

/** Commands for Mosquitto's dynamic security plugin, whose user names may have colons. @param {string} username @param {string} password */
function accountForAll(username, password) {
  const acls = ['publishClientSend', 'publishClientReceive', 'subscribePattern'].flatMap((acltype) =>
    ['#', '$share/#'].map((topic) => ({ acltype, topic, priority: 0, allow: true })),
  )
  return {
    commands: [
      { command: 'createRole', rolename: 'all', acls },
      { command: 'createClient', username, password, roles: [{ rolename: 'all', priority: 0 }] },
    ],
  }
}
