import { randomBytes } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { startBroker } from '../support/broker.mjs'
import errors from './checks/errors.mjs'
import instances from './checks/instances.mjs'
import once from './checks/once.mjs'
import requests from './checks/requests.mjs'
import streams from './checks/streams.mjs'
import { Caller } from './support/caller.mjs'
import { Instance } from './support/instance.mjs'
import { Records } from './support/records.mjs'

/** All checks in their order. `needs: 5` is for services that speak MQTT 5, `ownBroker` for the suite's own broker. */
export const checks = [...requests, ...errors, ...once, ...streams, ...instances]

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
  #barriers = 0

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
    await this.startInstance()
  }

  /** Those that should be running. */
  get instances() {
    return this.#instances.filter((instance) => instance.running)
  }

  async startInstance() {
    const { root, service } = this.names
    const instance = new Instance(this.command, { WSMQ_URL: this.url, WSMQ_ROOT: root, WSMQ_SERVICE: service })
    this.#instances.push(instance)
    await instance.ready(/** @type {Records} */ (this.#records))
    return instance
  }

  /** @param {{ user?: string, version?: 4 | 5 }} [options] */
  async join(options) {
    const caller = await Caller.join(this.url, this.names, options)
    this.#callers.push(caller)
    return caller
  }

  /** Waits until what is on its way to a caller has come; only time can show that nothing comes. @param {Caller} caller */
  async quiet(caller, milliseconds = 200) {
    await caller.response(await caller.start('echo', [], `barrier-${this.#barriers++}`))
    await sleep(milliseconds)
  }

  /** What somebody sees who comes later. @param {string} instance */
  async watchAgain(instance) {
    const records = await Records.watch(this.url, this.names)
    // What is retained comes with the subscription; whatever has not come after this long is not retained.
    const deadline = performance.now() + 3000
    while (!records.seen.has(instance) && performance.now() < deadline) await records.changed(100)
    await records.close()
    return records.seen.get(instance) ?? { record: {}, retained: false }
  }

  /** The version of MQTT that the service speaks, as the broker's log tells; a broker of one's own does not tell. */
  #speaksVersion5() {
    const { name } = this.#instances[0] ?? { name: '' }
    const line = this.broker?.log.split('\n').find((each) => each.includes('New client connected') && each.includes(name))
    return line === undefined || line.includes('(p5,')
  }

  /**
   * @param {typeof checks[number]} check
   * @returns {Promise<Result>}
   */
  async check({ name, title, run, ...needs }) {
    const start = performance.now()
    /** @param {'passed' | 'failed' | 'skipped'} outcome @param {string} [reason] */
    const result = (outcome, reason) => ({
      name,
      title,
      outcome,
      milliseconds: Math.round(performance.now() - start),
      ...(reason && { reason }),
    })
    if ('ownBroker' in needs && !this.broker) return result('skipped', 'it needs the settings of the suite’s own broker')
    if ('needs' in needs && !this.#speaksVersion5()) return result('skipped', 'the service speaks MQTT 3.1.1')
    try {
      if (this.instances.length === 0) await this.startInstance()
      await run({
        caller: await this.join(),
        join: (options) => this.join(options),
        quiet: (caller, milliseconds) => this.quiet(caller, milliseconds),
        instances: () => this.instances,
        startInstance: () => this.startInstance(),
        watchAgain: (instance) => this.watchAgain(instance),
        brokerLog: () => this.broker?.log ?? '',
        names: this.names,
        records: this.#records,
      })
      return result('passed')
    } catch (error) {
      return result('failed', error instanceof Error ? error.message : String(error))
    } finally {
      await Promise.all(this.#callers.splice(0).map((caller) => caller.leave()))
    }
  }

  async close() {
    for (const instance of this.#instances) await instance.stop('SIGKILL')
    await this.#records?.close()
  }
}
