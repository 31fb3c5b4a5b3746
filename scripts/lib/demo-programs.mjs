import { ServerProcess } from '../../tests/support/server-process.mjs'
import { backends, buildBackend, missing } from './backends.mjs'
import { root } from './root.mjs'

/** The programs that the demo page talks to: simulated devices, and the demo service in every language available here. */
export class DemoPrograms {
  #env
  /** @type {ServerProcess[]} */
  #running = []
  #isStopped = false

  /** @param {string} url of the broker, mqtt:// */
  constructor(url) {
    this.#env = { WSMQ_URL: url }
  }

  /** Starts them one after the other, and prints which it starts and which it skips, with the reason. */
  async start() {
    await this.#run('simulated devices', [process.execPath, 'demo/devices/simulate.mjs'], root)
    for (const backend of backends()) {
      if (this.#isStopped) return
      const lacks = missing(backend)
      const reason = lacks === undefined ? await buildBackend(backend) : `${lacks} is not installed`
      const name = `demo service in ${backend.language}`
      if (reason !== undefined) console.log(`Not started: ${name}: ${reason}`)
      else await this.#run(name, backend.start, `${root}demo/backends/${backend.name}`, `demo-${backend.name}`)
    }
  }

  async stop() {
    this.#isStopped = true
    await Promise.all(this.#running.splice(0).map((program) => program.stop()))
  }

  /**
   * @param {string} name
   * @param {readonly string[]} command
   * @param {string} cwd
   * @param {string} [service] a name of its own for each, so that the page can choose
   */
  async #run(name, [program = '', ...args], cwd, service = '') {
    if (this.#isStopped) return
    const started = new ServerProcess(program, args, { ...this.#env, WSMQ_SERVICE: service }, cwd)
    this.#running.push(started)
    await started.start([]).then(
      () => console.log(`Started: ${name}`),
      (error) => console.log(`Not started: ${name}: ${error.message}`),
    )
  }
}
