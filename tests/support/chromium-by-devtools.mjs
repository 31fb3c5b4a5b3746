// A Chromium whose tabs are really hidden, frozen and thrown away: Playwright keeps each of its pages awake and visible.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { createInterface } from 'node:readline'
import { WebSocket } from 'ws'

/** @typedef {Awaited<ReturnType<typeof startChromium>>} Chromium */
/** @typedef {Awaited<ReturnType<Chromium['open']>>} ChromiumTab */

/**
 * @param {{ args?: string[], program?: string }} [options]
 */
export async function startChromium({ args = [], program = process.env['CHROMIUM'] ?? '/usr/bin/chromium' } = {}) {
  const profile = await mkdtemp(`${tmpdir()}/wsmq-chromium-`)
  const browser = spawn(
    program,
    [
      ...['--headless=new', '--no-sandbox', '--disable-gpu', '--no-first-run', '--disable-background-networking', '--disable-sync'],
      ...['--disable-component-update', `--user-data-dir=${profile}`, '--remote-debugging-port=0', ...args, 'about:blank'],
    ],
    // A process group of its own, for sleep().
    { stdio: ['ignore', 'ignore', 'pipe'], detached: true },
  )
  const exited = once(browser, 'exit')
  // A group of its own outlives a test that is interrupted.
  const kill = () => browser.kill('SIGKILL')
  process.once('exit', kill)
  const devtools = await openDevtools(await addressOf(browser))
  return {
    /** @param {string} url */
    async open(url) {
      const { targetId } = await devtools.send('Target.createTarget', { url: 'about:blank' })
      const { sessionId } = await devtools.send('Target.attachToTarget', { targetId, flatten: true })
      /** @param {string} method @param {object} [parameters] */
      const send = (method, parameters) => devtools.send(method, parameters, sessionId)
      /** @type {string[]} */
      const said = []
      devtools.listen(sessionId, (method, { entry, args, exceptionDetails }) => {
        if (method === 'Log.entryAdded') said.push(`${entry.level}: ${entry.text}`)
        if (method === 'Runtime.consoleAPICalled')
          said.push(args.map((/** @type {any} */ each) => each.value ?? each.description).join(' '))
        if (method === 'Runtime.exceptionThrown') said.push(`uncaught: ${exceptionDetails.exception?.description ?? exceptionDetails.text}`)
      })
      for (const domain of ['Page', 'Runtime', 'Log', 'Network']) await send(`${domain}.enable`)
      const tab = {
        send,
        /** What its console says. */
        said,
        /** @param {string} expression may be a promise @returns {Promise<any>} */
        async evaluate(expression) {
          const { result, exceptionDetails } = await send('Runtime.evaluate', { expression, awaitPromise: true, returnByValue: true })
          if (exceptionDetails) throw new Error(exceptionDetails.exception?.description ?? exceptionDetails.text)
          return result.value
        },
        /** @param {string} expression @param {number} [timeout] milliseconds */
        async until(expression, timeout = 30_000) {
          for (const end = Date.now() + timeout; !(await tab.evaluate(expression)); await new Promise((next) => setTimeout(next, 50)))
            if (Date.now() > end) throw new Error(`In vain for ${timeout} ms: ${expression}\n${said.join('\n')}`)
        },
        /** @param {string} address */
        async goto(address) {
          await send('Page.navigate', { url: address })
          await tab.until(`location.href === ${JSON.stringify(address)} && document.readyState === 'complete'`)
        },
        /** Before all other tabs, which it hides. */
        async show() {
          await devtools.send('Target.activateTarget', { targetId })
        },
      }
      await tab.goto(url)
      return tab
    },
    /** All its processes stop, as those of a machine whose lid is shut do. @param {number} milliseconds */
    async sleep(milliseconds) {
      process.kill(-(/** @type {number} */ (browser.pid)), 'SIGSTOP')
      await new Promise((resolve) => setTimeout(resolve, milliseconds))
      process.kill(-(/** @type {number} */ (browser.pid)), 'SIGCONT')
    },
    async close() {
      devtools.close()
      browser.kill()
      await exited
      process.off('exit', kill)
      await rm(profile, { recursive: true, force: true, maxRetries: 5 })
    },
  }
}

/** @param {import('node:child_process').ChildProcessByStdio<null, null, import('node:stream').Readable>} browser */
async function addressOf(browser) {
  const lines = createInterface(browser.stderr)
  for await (const line of lines) {
    const [address] = /ws:\/\/\S+/.exec(line) ?? []
    if (address === undefined) continue
    lines.close()
    browser.stderr.resume()
    return address
  }
  throw new Error('Chromium did not start.')
}

/** The DevTools protocol, all sessions on one connection. @param {string} address */
async function openDevtools(address) {
  const socket = new WebSocket(address)
  await once(socket, 'open')
  let last = 0
  /** @type {Map<number, { resolve: (result: any) => void, reject: (error: Error) => void }>} */
  const calls = new Map()
  /** @type {Map<string, (method: string, parameters: any) => void>} */
  const listeners = new Map()
  socket.on('message', (data) => {
    const { id, result, error, method, params, sessionId } = JSON.parse(String(data))
    if (id === undefined) return listeners.get(sessionId)?.(method, params)
    const call = calls.get(id)
    calls.delete(id)
    if (error) call?.reject(new Error(`${error.message} ${error.data ?? ''}`))
    else call?.resolve(result)
  })
  socket.on('close', () => calls.forEach(({ reject }) => reject(new Error('Chromium is gone.'))))
  return {
    /** @param {string} method @param {object} [params] @param {string} [sessionId] @returns {Promise<any>} */
    send(method, params = {}, sessionId) {
      return new Promise((resolve, reject) => {
        calls.set(++last, { resolve, reject })
        socket.send(JSON.stringify({ id: last, method, params, sessionId }))
      })
    },
    /** @param {string} sessionId @param {(method: string, parameters: any) => void} listener */
    listen(sessionId, listener) {
      listeners.set(sessionId, listener)
    },
    close: () => socket.close(),
  }
}
