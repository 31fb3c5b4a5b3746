// Each template from the packed tarballs: created, installed, checked, built, served, and opened in Chromium against the
// Mosquitto that it brings a configuration for.
import assert from 'node:assert/strict'
import { readdir, readFile, writeFile } from 'node:fs/promises'
import { after, before, describe, it } from 'node:test'
import { chromium } from '@playwright/test'
import mqtt from 'mqtt'
import { launchOptions } from '../support/chromium.mjs'
import { freePort } from '../support/free-port.mjs'
import { ServerProcess } from '../support/server-process.mjs'
import { run } from '../tooling/support.mjs'
import { createApplication, serve, workshop } from './support.mjs'

/** @type {Awaited<ReturnType<typeof workshop>>} */
let place
/** @type {import('@playwright/test').Browser} */
let browser
before(async () => {
  place = await workshop()
  browser = await chromium.launch(launchOptions)
})
after(async () => {
  await browser.close()
  await place.remove()
})

/** `npm run broker`, on free ports. @param {string} folder */
async function startBroker(folder) {
  const [port, plainPort] = [await freePort(), await freePort()]
  const file = `${folder}/mosquitto.conf`
  const configuration = await readFile(file, 'utf8')
  assert.match(configuration, /^listener 9001 127\.0\.0\.1$[^]*^listener 1884 127\.0\.0\.1$/m)
  await writeFile(file, configuration.replace('listener 9001', `listener ${port}`).replace('listener 1884', `listener ${plainPort}`))
  const { scripts } = JSON.parse(await readFile(`${folder}/package.json`, 'utf8'))
  const broker = new ServerProcess('sh', ['-c', scripts.broker.replace(' mosquitto', ' exec mosquitto')], {}, folder)
  const start = () => broker.start([port, plainPort])
  await start()
  return { url: `ws://127.0.0.1:${port}`, start, stop: () => broker.stop() }
}

/** Opens a page, and notes what it should not do. @param {string} url */
async function open(url) {
  const page = await browser.newPage()
  /** @type {string[]} */
  const problems = []
  page.on('pageerror', (error) => problems.push(String(error)))
  page.on('console', (message) => message.type() === 'error' && problems.push(message.text()))
  page.on('request', (request) => new URL(request.url()).host === new URL(url).host || problems.push(request.url()))
  await page.goto(url)
  return { page, problems, state: page.getByRole('status') }
}

for (const template of ['vanilla', 'react'])
  describe(template, () => {
    /** @type {string} */
    let folder
    /** @type {Awaited<ReturnType<typeof startBroker>>} */
    let broker
    /** @type {import('mqtt').MqttClient} */
    let peer
    before(async () => {
      folder = await createApplication(place, template)
      broker = await startBroker(folder)
      peer = await mqtt.connectAsync(broker.url)
    })
    after(async () => {
      await peer?.endAsync(true)
      await broker?.stop()
    })

    /** Messages go both ways between the page and another client. @param {Awaited<ReturnType<typeof open>>['page']} page @param {string} text */
    async function talks(page, text) {
      await page.getByRole('status').filter({ hasText: 'connected' }).waitFor()
      const heard = new Promise((resolve) => peer.once('message', (topic, payload) => resolve(`${topic} ${payload}`)))
      await peer.subscribeAsync('chat/lobby', { qos: 1 })
      await page.getByLabel('Message', { exact: true }).fill(text)
      await page.getByRole('button', { name: 'Publish' }).click()
      assert.equal(await heard, `chat/lobby ${text}`)
      await peer.unsubscribeAsync('chat/lobby')
      await page
        .getByRole('listitem')
        .filter({ hasText: `lobby: ${text}` })
        .waitFor()
      await peer.publishAsync('chat/kitchen', `answer to ${text}`, { qos: 1 })
      await page
        .getByRole('listitem')
        .filter({ hasText: `kitchen: answer to ${text}` })
        .waitFor()
    }

    it('is developed with npm run dev', async (test) => {
      const server = await serve(folder, 'dev', broker.url)
      test.after(server.close)
      const { page, problems } = await open(server.url)
      await talks(page, 'first')
      assert.deepEqual(problems, [])
      await page.close()
    })

    it('is checked and built', async () => {
      await run('npm', ['run', 'build'], folder)
      assert.ok((await readdir(`${folder}/dist/assets`)).some((file) => file.endsWith('.js')))
    })

    it('is served under its Content-Security-Policy, and reports and survives what fails', async (test) => {
      const server = await serve(folder, 'preview', broker.url)
      test.after(server.close)
      const policy = (await fetch(server.url)).headers.get('Content-Security-Policy') ?? ''
      assert.match(policy, /default-src 'self'; script-src 'self' 'wasm-unsafe-eval';/)
      const { page, problems, state } = await open(server.url)
      await talks(page, 'built')
      if (template === 'react') await seesOthers(page, server.url)
      assert.deepEqual(problems, [])

      await peer.endAsync(true)
      await broker.stop()
      await state.filter({ hasText: 'reconnecting' }).waitFor()
      await page.getByRole('alert').filter({ hasText: /\w/ }).waitFor()
      // It is kept until there is a connection again.
      await page.getByLabel('Message', { exact: true }).fill('meanwhile')
      await page.getByRole('button', { name: 'Publish' }).click()
      await broker.start()
      peer = await mqtt.connectAsync(broker.url)
      await page.getByRole('listitem').filter({ hasText: 'lobby: meanwhile' }).waitFor()
      await talks(page, 'again')

      await broker.stop()
      const { page: late, state: lateState } = await open(server.url)
      await lateState.filter({ hasText: 'closed' }).waitFor()
      await late.getByRole('alert').filter({ hasText: /\w/ }).waitFor()
      await broker.start()
      await late.getByRole('button', { name: 'Try again' }).click()
      await talks(late, 'at last')
      await page.close()
      await late.close()
    })

    /** @param {Awaited<ReturnType<typeof open>>['page']} page @param {string} url */
    async function seesOthers(page, url) {
      const { page: other, problems } = await open(url)
      // Entered before the page has joined, perhaps.
      await other.getByLabel('Your name').fill('Ann')
      const names = page.getByRole('list', { name: 'Who else is there' }).getByRole('listitem')
      await names.filter({ hasText: 'Ann' }).waitFor()
      await other.getByLabel('Your name').fill('Bob')
      await names.filter({ hasText: 'Bob' }).waitFor()
      await other.close()
      await page.getByText('Nobody. Open this page in another tab.').waitFor()
      assert.deepEqual(problems, [])
    }
  })
