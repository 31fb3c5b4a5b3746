// Debian's Firefox, driven by WebDriver BiDi, which it speaks itself: Playwright drives only a Firefox of its own.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { WebSocket } from 'ws'

const program = process.env['FIREFOX'] ?? 'firefox-esr'
/** Milliseconds. */
const PATIENCE = 30_000

export class Firefox {
  #child
  #profile
  #socket
  #number = 0
  /** @type {Map<number, { resolve: (result: any) => void, reject: (reason: Error) => void }>} */
  #waiting = new Map()
  /** Errors that nobody caught, and those that the console was given, in any tab. @type {string[]} */
  errors = []

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
    await firefox.send('session.subscribe', { events: ['log.entryAdded'] })
    return firefox
  }

  /** @param {import('node:child_process').ChildProcess} child @param {string} profile @param {WebSocket} socket */
  constructor(child, profile, socket) {
    this.#child = child
    this.#profile = profile
    this.#socket = socket
    socket.on('message', (data) => this.#answered(JSON.parse(String(data))))
  }

  /** @param {{ id?: number, type: string, result?: any, error?: string, message?: string, params?: any }} answer */
  #answered({ id, type, result, error, message, params }) {
    if (type === 'event' && params.level === 'error') this.errors.push(params.text)
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

  /** A tab. @param {string} url @param {object} [apart] `userContext`: of whose storage it is */
  async open(url, apart = {}) {
    const { context } = await this.send('browsingContext.create', { type: 'tab', ...apart })
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

  /** Waits until a function in the page returns something that is true, which it returns. @param {(...given: any[]) => unknown} find @param {...unknown} given */
  async until(find, ...given) {
    const end = performance.now() + PATIENCE
    while (performance.now() < end) {
      const found = await this.run(find, ...given)
      if (found) return found
      await new Promise((resolve) => setTimeout(resolve, 50))
    }
    throw new Error(`In vain: ${find} of ${JSON.stringify(given)}`)
  }

  /** Presses keys, one after the other, as a user does: characters, or code points of WebDriver's own. @param {...string} keys */
  async press(...keys) {
    const actions = keys.flatMap((value) => [
      { type: 'keyDown', value },
      { type: 'keyUp', value },
    ])
    await this.send('input.performActions', { actions: [{ type: 'key', id: 'keyboard', actions }] })
  }

  /** Clicks on the middle of an element. @param {string} selector */
  async click(selector) {
    const [x, y] = await this.until((selector) => {
      const element = document.querySelector(selector)
      element?.scrollIntoView({ block: 'nearest' })
      const { left = 0, top = 0, width = 0, height = 0 } = element?.getBoundingClientRect() ?? {}
      return width > 0 && [Math.round(left + width / 2), Math.round(top + height / 2)]
    }, selector)
    const actions = [
      { type: 'pointerMove', x, y },
      { type: 'pointerDown', button: 0 },
      { type: 'pointerUp', button: 0 },
    ]
    await this.send('input.performActions', { actions: [{ type: 'pointer', id: 'mouse', actions }] })
  }

  /** @param {number} width @param {number} height */
  resize(width, height) {
    return this.send('browsingContext.setViewport', { viewport: { width, height } })
  }

  /** @param {string} method @param {object} [parameters] @returns {Promise<any>} */
  send(method, parameters = {}) {
    return this.firefox.send(method, { context: this.context, ...parameters })
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
