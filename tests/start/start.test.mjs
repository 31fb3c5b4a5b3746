// npm start, as a newcomer runs it: what comes up, who may do what, and that nothing of it stays.
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { chromium } from '@playwright/test'
import { missing, backends } from '../../scripts/lib/backends.mjs'
import { root } from '../../scripts/lib/root.mjs'
import { launchOptions } from '../support/chromium.mjs'

/** @typedef {Awaited<ReturnType<typeof start>>} Started */

/** @param {Record<string, string>} [env] */
async function start(env = {}) {
  const temporary = await mkdtemp(join(tmpdir(), 'wsmq-start-'))
  const child = spawn(process.execPath, ['scripts/start.mjs'], {
    cwd: root,
    env: { ...process.env, TMPDIR: temporary, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let output = ''
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (text) => (output += text))
  const exited = once(child, 'exit')
  let isOver = false
  void exited.then(() => (isOver = true))
  /** @param {NodeJS.Signals} signal */
  const end = async (signal) => {
    const all = await descendants(child.pid ?? 0)
    child.kill(signal)
    await exited
    const left = (await Promise.all(all.map(commandOf))).filter(Boolean)
    // Python leaves files of its own where it is interrupted while it makes a virtual environment.
    const files = (await readdir(temporary)).filter((name) => name.startsWith('wsmq-'))
    await rm(temporary, { recursive: true, force: true })
    return { count: all.length, left, files }
  }
  /** @type {ReturnType<typeof end> | undefined} */
  let ending
  /** @param {RegExp} expression @returns {Promise<string>} its group */
  const printed = async (expression) => {
    for (;;) {
      const found = expression.exec(output)
      if (found) return found[1] ?? ''
      if (isOver) throw new Error(`npm start ended without printing ${expression}:\n${output}`)
      await new Promise((resolve) => setTimeout(resolve, 50))
    }
  }
  return {
    output: () => output,
    printed,
    url: () => printed(/The page: (https?:\S+)/),
    exited,
    /** Ends it, and returns what is left of it. @param {NodeJS.Signals} [signal] */
    end: (signal = 'SIGINT') => (ending ??= end(signal)),
  }
}

/** @param {number} first @returns {Promise<number[]>} the processes below it */
async function descendants(first) {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name)).map(Number)
  const pairs = await Promise.all(pids.map(async (pid) => ({ pid, parent: await parentOf(pid) })))
  const all = [first]
  for (const parent of all) all.push(...pairs.filter((each) => each.parent === parent).map(({ pid }) => pid))
  return all.slice(1)
}

/** @param {number} pid */
async function parentOf(pid) {
  const status = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '')
  return Number(status.slice(status.lastIndexOf(')') + 2).split(' ')[1] ?? -1)
}

/** @param {number} pid @returns {Promise<string>} empty where it has ended */
const commandOf = (pid) => readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')

/** In the page: joins with what the issuer gives, as the page itself does. */
const joinAs = `async (user) => {
  const { Webapp } = await import('/dist/webapp.js')
  const post = (path, body) => fetch(path, { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(body) })
  globalThis.app = await Webapp.join('/ws_mqtt', {
    org: 'acme',
    user,
    credentials: async ({ clientId: uid }) => {
      await post('/issuer/login', { user })
      return (await post('/issuer/credential', { uid })).json()
    },
  })
  return globalThis.app.uid
}`

describe('npm start', { timeout: 900_000 }, () => {
  /** @type {import('@playwright/test').Browser} */
  let browser
  /** @type {Started} */
  let started
  before(async () => {
    browser = await chromium.launch(launchOptions)
    started = await start()
  })
  after(async () => {
    await browser?.close()
    await started?.end('SIGTERM')
  })

  /** @param {string} url */
  async function open(url) {
    const context = await browser.newContext({ ignoreHTTPSErrors: true }) // its authority was made for the run
    const page = await context.newPage()
    await page.goto(url)
    return page
  }

  it('shows two windows under TLS that see each other, the devices and the services', async () => {
    const url = await started.url()
    assert.match(url, /^https:/)
    const [ann, bob] = [await open(url), await open(url)]
    for (const page of [ann, bob]) {
      await page.getByText('SN-1001').first().waitFor()
      await page
        .getByText(/^lab\/SN-\d+\/climate$/)
        .first()
        .waitFor()
    }
    const [annsUid, bobsUid] = [await ann.evaluate(`(${joinAs})('ann')`), await bob.evaluate(`(${joinAs})('bob')`)]
    for (const [page, other] of /** @type {const} */ ([
      [ann, bobsUid],
      [bob, annsUid],
    ]))
      await page.evaluate(`app.presence.until((presence) => presence.has(${JSON.stringify(other)}))`)
    await ann.evaluate(`app.devices().until((devices) => devices.get('SN-2001')?.online)`)
    for (const service of ['demo-javascript', 'demo-cpp']) {
      await ann.evaluate(`app.services.until((services) => services.names.includes('${service}'))`)
      assert.equal(await ann.evaluate(`app.request('${service}', 'sum', [1, 2, 39])`), 42)
    }
    assert.deepEqual(await bob.evaluate(`app.request('demo-javascript', 'devices.list')`), ['SN-2001'])
  })

  it('tells what comes up, and why something does not', async () => {
    for (const part of ['Mosquitto', 'Issuer', 'Site', 'Simulated devices', 'Service in JavaScript', 'Service in C\\+\\+'])
      await started.printed(new RegExp(`^${part} +started`, 'm'))
    for (const backend of backends()) {
      const lacks = missing(backend)
      if (lacks !== undefined) assert.ok(new RegExp(`^Service in ${backend.language} +skipped: ${lacks}`, 'm').test(started.output()))
    }
  })

  it('lets nobody in without a credential, and lets the page write where the demo writes alone', async () => {
    const page = await open(await started.url())
    const refused = await page.evaluate(`import('/dist/index.js')
      .then(({ connect }) => connect('/ws_mqtt', { reconnect: false }))
      .then(() => 'let in', (error) => error.code)`)
    assert.notEqual(refused, 'let in')
    await page.evaluate(`(${joinAs})('carla')`)
    const publish = (/** @type {string} */ topic) =>
      page.evaluate(`app.mq.publish('${topic}', 'x', { qos: 1 }).then(() => 'done', () => 'refused')`)
    assert.deepEqual([await publish('demo/one'), await publish('lab/one'), await publish('other/one')], ['done', 'done', 'refused'])
    const { status } = await page.request
      .post(new URL('/issuer/revoke', await started.url()).href, { data: {} })
      .then((answer) => ({ status: answer.status() }))
    assert.equal(status, 404)
  })

  it('goes beside another one, which ends with all that it has begun', async () => {
    const other = await start()
    const [one, two] = [await started.url(), await other.url()]
    assert.notEqual(one, two)
    const page = await open(two)
    await page.getByText('SN-1001').first().waitFor()
    const { count, left, files } = await other.end('SIGTERM')
    assert.ok(count >= 4)
    assert.deepEqual([left, files], [[], []])
    await (await open(one)).getByText('SN-1001').first().waitFor()
  })

  it('ends with what it has started where it fails on the way', async () => {
    const server = createServer()
    await new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(undefined)))
    const { port } = /** @type {import('node:net').AddressInfo} */ (server.address())
    const failing = await start({ PORT: String(port) })
    const [code] = await failing.exited
    server.close()
    assert.equal(code, 1)
    assert.match(failing.output(), new RegExp(`Port ${port} is taken by another program`))
    assert.deepEqual((await failing.end()).files, [])
  })

  it('ends all of it at Ctrl-C', async () => {
    const { count, left, files } = await started.end('SIGINT')
    assert.ok(count >= 6)
    assert.deepEqual([left, files], [[], []])
    assert.match(started.output(), /\nStopped\.\n$/)
  })
})
