// Debian's Firefox, driven by WebDriver BiDi, which it speaks itself: Playwright drives only a Firefox of its own.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { WebSocket } from 'ws'

const program = process.env['FIREFOX'] ?? 'firefox-esr'

export class Firefox {
  #child
  #profile
  #socket
  #number = 0
  /** @type {Map<number, { resolve: (result: any) => void, reject: (reason: Error) => void }>} */
  #waiting = new Map()

  /** @returns {Promise<Firefox>} */
  static async launch() {
    const profile = await mkdtemp(join(tmpdir(), 'wsmq-firefox-'))
    const child = spawn(program, ['--headless', '--no-remote', '--profile', profile, '--remote-debugging-port=0'], {
      stdio: ['ignore', 'ignore', 'pipe'],
      // Neither a session bus nor a home of its own is there in a container.
      env: { ...process.env, HOME: profile, MOZ_HEADLESS: '1' },
    })
    const address = await listening(child)
    const socket = new WebSocket(`${address}/session`)
    await once(socket, 'open')
    const firefox = new Firefox(child, profile, socket)
    await firefox.send('session.new', { capabilities: {} })
    return firefox
  }

  /** @param {import('node:child_process').ChildProcess} child @param {string} profile @param {WebSocket} socket */
  constructor(child, profile, socket) {
    this.#child = child
    this.#profile = profile
    this.#socket = socket
    socket.on('message', (data) => this.#answered(JSON.parse(String(data))))
  }

  /** @param {{ id?: number, type: string, result?: any, error?: string, message?: string }} answer */
  #answered({ id, type, result, error, message }) {
    const waiting = this.#waiting.get(id ?? -1)
    this.#waiting.delete(id ?? -1)
    if (type === 'success') waiting?.resolve(result)
    else if (type === 'error') waiting?.reject(new Error(`${error}: ${message}`))
  }

  /** @param {string} method @param {object} params @returns {Promise<any>} */
  send(method, params) {
    const id = ++this.#number
    this.#socket.send(JSON.stringify({ id, method, params }))
    return new Promise((resolve, reject) => this.#waiting.set(id, { resolve, reject }))
  }

  /** A tab. @param {string} url */
  async open(url) {
    const { context } = await this.send('browsingContext.create', { type: 'tab' })
    await this.send('browsingContext.navigate', { context, url, wait: 'complete' })
    return new Tab(this, context)
  }

  async close() {
    const exited = once(this.#child, 'exit')
    await this.send('browser.close', {}).catch(() => this.#child.kill('SIGKILL'))
    await exited
    this.#socket.terminate()
    await rm(this.#profile, { recursive: true, force: true, maxRetries: 5 })
  }
}

export class Tab {
  /** @param {Firefox} firefox @param {string} context */
  constructor(firefox, context) {
    this.firefox = firefox
    this.context = context
  }

  /**
   * Calls an asynchronous function in the page, with and for values of JSON.
   * @param {(...given: any[]) => unknown} act
   * @param {...unknown} given
   * @returns {Promise<any>}
   */
  async run(act, ...given) {
    const { type, result, exceptionDetails } = await this.firefox.send('script.evaluate', {
      expression: `(async () => JSON.stringify(await (${act})(...${JSON.stringify(given)})))()`,
      target: { context: this.context },
      awaitPromise: true,
    })
    if (type !== 'success') throw new Error(exceptionDetails.text)
    return result.value === undefined ? undefined : JSON.parse(result.value)
  }

  reload() {
    return this.firefox.send('browsingContext.reload', { context: this.context, wait: 'complete' })
  }

  close() {
    return this.firefox.send('browsingContext.close', { context: this.context })
  }
}

/** @param {import('node:child_process').ChildProcess} child @returns {Promise<string>} */
async function listening(child) {
  let said = ''
  for await (const text of /** @type {import('node:stream').Readable} */ (child.stderr).setEncoding('utf8')) {
    said += text
    const address = /WebDriver BiDi listening on (ws:\S+)/.exec(said)?.[1]
    if (address !== undefined) {
      child.stderr?.resume()
      return address
    }
  }
  throw new Error(`Firefox ended at once:\n${said}`)
}
