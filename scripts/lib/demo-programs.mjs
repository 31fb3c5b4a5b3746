import { rulesFor } from '../../deploy/access/rules.mjs'
import { ServerProcess } from '../../tests/support/server-process.mjs'
import { backends, buildBackend, missing } from './backends.mjs'
import { exclusively } from './lock.mjs'
import { root } from './root.mjs'
import { forEach, inBackground, seconds } from './run.mjs'

/** @typedef {import('./backends.mjs').Backend} Backend */
/** @typedef {import('../../deploy/access/rules.mjs').Account} Account */

export const serialNumbers = ['SN-1001', 'SN-1002', 'SN-2001']

/** A name of its own for each, so that the page can choose. @param {Backend} backend */
export const serviceOf = ({ name }) => `demo-${name}`

/** What each prints when it takes part. */
const hasJoined = / answers|^Online: /m

/** The one that is slow to build, beside the others one after another. */
const buildsAtOnce = 2

/** The programs that the demo page talks to: simulated devices, and the demo service in every language available here. */
export class DemoPrograms {
  #url
  #passwordOf
  #tell
  /** @type {ServerProcess[]} */
  #running = []
  #stopping = new AbortController()
  /** @type {Promise<unknown>} */
  #starting = Promise.resolve()

  /**
   * @param {object} options
   * @param {string} options.url of the broker, mqtt://
   * @param {(account: Account) => string} [options.passwordOf] where the broker takes accounts alone
   * @param {import('./deployment.mjs').Tell} [options.tell]
   */
  constructor({ url, passwordOf, tell = (part, text) => console.log(`${part}: ${text}`) }) {
    this.#url = url
    this.#passwordOf = passwordOf
    this.#tell = tell
  }

  /** Starts them, and tells which it starts and which it skips, with the reason. */
  start() {
    const lacking = new Map(inOrder().map((backend) => [backend, missing(backend)]))
    for (const [backend, lacks] of lacking) if (lacks !== undefined) this.#tell(partOf(backend), `skipped: ${lacks} is not installed`)
    const available = [...lacking].flatMap(([backend, lacks]) => (lacks === undefined ? [backend] : []))
    const services = inBackground(() => forEach(available, buildsAtOnce, (backend) => this.#startService(backend)))
    this.#starting = Promise.all([this.#startDevices(), services])
    return this.#starting
  }

  async close() {
    this.#stopping.abort()
    await this.#starting
    await Promise.all(this.#running.splice(0).map((program) => program.stop()))
  }

  async #startDevices() {
    const passwordOf = this.#passwordOf
    const passwords = passwordOf && serialNumbers.map((name) => [name, passwordOf({ role: 'device', name })])
    const settings = { WSMQ_URL: this.#url, WSMQ_READINGS: 'lab/' }
    const env = { ...settings, ...(passwords ? { WSMQ_PASSWORDS: JSON.stringify(Object.fromEntries(passwords)) } : {}) }
    await this.#run('Simulated devices', [process.execPath, 'demo/devices/simulate.mjs', ...serialNumbers], root, env)
  }

  /** @param {Backend} backend */
  async #startService(backend) {
    const { signal } = this.#stopping
    const part = partOf(backend)
    if (signal.aborted) return
    this.#tell(part, 'building')
    const begin = performance.now()
    const wrong = await this.#build(backend)
    if (signal.aborted) return
    if (wrong !== undefined) return this.#tell(part, `not started: ${wrong}`)
    const took = `after ${seconds(performance.now() - begin)}`
    await this.#run(part, backend.start, `${root}demo/backends/${backend.name}`, this.#environmentOf(serviceOf(backend)), took)
  }

  /** @param {Backend} backend @returns {Promise<string | undefined>} what went wrong */
  async #build(backend) {
    const { signal } = this.#stopping
    try {
      return await exclusively(`backend-${backend.name}`, () => buildBackend(backend, signal), { signal })
    } catch (error) {
      return /** @type {Error} */ (error).message
    }
  }

  /** @param {string} service @returns {Record<string, string>} */
  #environmentOf(service) {
    const account = { role: 'service', name: service }
    if (!this.#passwordOf) return { WSMQ_URL: this.#url, WSMQ_SERVICE: service }
    const { account: name } = rulesFor(account, '')
    const url = Object.assign(new URL(this.#url), { username: encodeURIComponent(name), password: this.#passwordOf(account) })
    return { WSMQ_URL: url.href, WSMQ_SERVICE: service, WSMQ_CLIENT_ID: name }
  }

  /**
   * @param {string} part
   * @param {readonly string[]} command
   * @param {string} cwd
   * @param {Record<string, string>} env
   * @param {string} [took]
   */
  async #run(part, [program = '', ...args], cwd, env, took) {
    const started = new ServerProcess(program, args, env, cwd)
    this.#running.push(started)
    await started.start([], hasJoined).then(
      () => this.#tell(part, ['started', ...(took ? [took] : [])].join(' ')),
      (error) => this.#tell(part, `not started: ${error.message}`),
    )
  }
}

/** @param {Backend} backend */
const partOf = ({ language }) => `Service in ${language}`

/** The project's own first; it takes longest to build. */
function inOrder() {
  return backends().sort((one, other) => Number(other.name === 'cpp') - Number(one.name === 'cpp'))
}
