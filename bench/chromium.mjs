// A headless Chromium of the bench's own, without Playwright: that listens to the network of each page,
// for which Chromium encodes every WebSocket message once more, on the thread that we measure.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Devtools } from './devtools.mjs'

const program = process.env.CHROMIUM ?? '/usr/bin/chromium'

const flags = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--no-default-browser-check',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--disable-extensions',
  '--disable-dev-shm-usage',
  // Only one page is measured at a time, and none is ever in front.
  '--disable-background-timer-throttling',
  '--disable-backgrounding-occluded-windows',
  '--disable-renderer-backgrounding',
  '--remote-debugging-port=0',
]

export class Chromium {
  #child
  #devtools
  #profile

  /** @returns {Promise<Chromium>} */
  static async launch() {
    const chromium = new Chromium()
    await chromium.#start()
    return chromium
  }

  async #start() {
    this.#profile = await mkdtemp(join(tmpdir(), 'wsmq-chromium-'))
    this.#child = spawn(program, [...flags, `--user-data-dir=${this.#profile}`, 'about:blank'], { stdio: ['ignore', 'ignore', 'pipe'] })
    process.once('exit', this.#kill)
    this.#devtools = await Devtools.connect(await debuggerAddress(this.#child))
    this.version = (await this.#devtools.send('Browser.getVersion')).product.replace(/^.*\//, '')
  }

  /** A page in a context of its own: nothing cached, nothing stored. */
  async open(url, events = {}) {
    const { browserContextId } = await this.#devtools.send('Target.createBrowserContext')
    const { targetId } = await this.#devtools.send('Target.createTarget', { url: 'about:blank', browserContextId })
    const { sessionId } = await this.#devtools.send('Target.attachToTarget', { targetId, flatten: true })
    const close = () => this.#devtools.send('Target.disposeBrowserContext', { browserContextId })
    const page = new Page(this.#devtools, sessionId, close)
    await page.navigate(url, events)
    return page
  }

  async close() {
    process.off('exit', this.#kill)
    const exited = once(this.#child, 'exit')
    await this.#devtools.send('Browser.close')
    await exited
    await rm(this.#profile, { recursive: true, force: true, maxRetries: 5 })
  }

  #kill = () => this.#child.kill('SIGKILL')
}

async function debuggerAddress(child) {
  let said = ''
  for await (const text of child.stderr.setEncoding('utf8')) {
    said += text
    const address = /DevTools listening on (ws:\S+)/.exec(said)?.[1]
    if (address) {
      child.stderr.resume()
      return address
    }
  }
  throw new Error(`Chromium ended at once:\n${said}`)
}

class Page {
  #devtools
  #session
  /** What went wrong in the page, uncaught or on its console. */
  errors = []

  constructor(devtools, session, close) {
    this.#devtools = devtools
    this.#session = session
    this.close = close
  }

  send(method, parameters) {
    return this.#devtools.send(method, parameters, this.#session)
  }

  async navigate(url, events) {
    this.#devtools.listen(this.#session, {
      'Runtime.exceptionThrown': ({ exceptionDetails: { text, exception } }) => this.errors.push(exception?.description ?? text),
      'Runtime.consoleAPICalled': ({ type, args }) => {
        if (type === 'error') this.errors.push(args.map((each) => each.value ?? each.description).join(' '))
      },
      ...events,
    })
    await this.send('Runtime.enable')
    await this.send('Performance.enable', { timeDomain: 'threadTicks' })
    if (Object.keys(events).some((name) => name.startsWith('Network.'))) await this.send('Network.enable')
    const { errorText } = await this.send('Page.navigate', { url })
    if (errorText) throw new Error(`${url}: ${errorText}`)
  }

  /** Calls a function of the page; waits for what it promises, but not for ever. */
  async call(name, ...parameters) {
    let timer
    const late = new Promise((_, reject) => {
      timer = setTimeout(
        () => reject(new Error([`${name}(${JSON.stringify(parameters)}) takes longer than two minutes`, ...this.errors].join('\n'))),
        120_000,
      )
    })
    try {
      return await Promise.race([this.evaluate(`${name}(...${JSON.stringify(parameters)})`), late])
    } finally {
      clearTimeout(timer)
    }
  }

  async evaluate(expression) {
    const { result, exceptionDetails } = await this.send('Runtime.evaluate', { expression, awaitPromise: true, returnByValue: true })
    if (exceptionDetails) throw new Error([exceptionDetails.exception?.description ?? exceptionDetails.text, ...this.errors].join('\n'))
    return result.value
  }

  /** The value of an expression once it has one. */
  async until(expression) {
    const deadline = performance.now() + 30_000
    for (;;) {
      const value = await this.evaluate(expression).catch(() => undefined) // between two documents
      if (value) return value
      if (performance.now() > deadline) throw new Error([`waited in vain for ${expression}`, ...this.errors].join('\n'))
      await new Promise((resolve) => setTimeout(resolve, 5))
    }
  }

  /**
   * Seconds of processor time that the main thread has used. (What its tasks took of it, TaskDuration, is exactly as
   * steady, but leaves out what happens between them.)
   */
  async processorTime() {
    const { metrics } = await this.send('Performance.getMetrics')
    return metrics.find(({ name }) => name === 'ThreadTime').value
  }

  /** Bytes that the page holds once all garbage is collected. */
  async heap() {
    await this.send('HeapProfiler.collectGarbage')
    await this.send('HeapProfiler.collectGarbage')
    const { usedSize, backingStorageSize } = await this.send('Runtime.getHeapUsage')
    return { objects: usedSize, buffers: backingStorageSize }
  }
}
