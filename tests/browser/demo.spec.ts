import { type Page } from '@playwright/test'
import { connectAsync } from 'mqtt'
import { backends, buildBackend } from '../../scripts/lib/backends.mjs'
import { demoContentSecurityPolicy, startPageServer } from '../support/page-server.mjs'
import { ServerProcess } from '../support/server-process.mjs'
import { demo, demoRoots, message, openDemo, publish, startDemoPage } from './demo-page.js'
import { expect, report, test } from './support.js'

test('two tabs of the demo exchange messages, and survive a restart of the broker', async ({ context, ownBroker, closing }, info) => {
  const server = await closing(startDemoPage(ownBroker))
  const [ann, ben] = [await openDemo(context, server.url), await openDemo(context, server.url)]
  for (const { page } of [ann, ben]) {
    await expect(page.getByText('Connected', { exact: true })).toBeVisible()
    await expect(page.getByRole('list', { name: 'Subscriptions' })).toContainText('QoS 1')
  }

  await publish(ann.page, 'demo/from-ann', 'good morning')
  for (const { page } of [ann, ben]) await expect(message(page, 'demo/from-ann')).toContainText('good morning')
  await publish(ben.page, 'demo/from-ben', '{"mood":"good"}')
  for (const { page } of [ann, ben]) await expect(message(page, 'demo/from-ben')).toContainText('{"mood":"good"}')

  await ownBroker.stop()
  for (const { page } of [ann, ben]) await expect(page.locator('#status')).toHaveAttribute('data-state', 'reconnecting')
  await ownBroker.start()
  for (const { page } of [ann, ben]) await expect(page.getByText('Connected', { exact: true })).toBeVisible({ timeout: 20_000 })

  await publish(ann.page, 'demo/again', 'still there')
  for (const { page } of [ann, ben]) await expect(message(page, 'demo/again')).toContainText('still there')
  report([ann, ben], info)
  for (const { uncaught, console } of [ann, ben]) {
    expect(uncaught).toEqual([])
    // Chromium itself reports each attempt at a connection that fails; nothing else is worth an error.
    expect(console.filter((line) => line.startsWith('error:') && !line.includes('WebSocket connection to'))).toEqual([])
  }
})

test('the demo publishes many, shows what it subscribes to, and disconnects', async ({ context, ownBroker, closing }, info) => {
  const server = await closing(startDemoPage(ownBroker))
  const tab = await openDemo(context, server.url)
  const { page } = tab
  await expect(page.getByText('Connected', { exact: true })).toBeVisible()

  await page.getByLabel('Topic filter').fill('lab/+room/state')
  await page.getByRole('button', { name: 'Subscribe', exact: true }).click()
  await expect(page.getByRole('list', { name: 'Subscriptions' })).toContainText('lab/+room/state')
  await page.getByLabel('Times').fill('2000')
  await publish(page, 'lab/kitchen/state', 'on')
  await expect(page.locator('#total')).toHaveText(/^2.?000$/)
  await expect(page.locator('#publish-outcome')).toContainText(/Published 2.?000 messages/)

  await page.getByRole('button', { name: 'Disconnect' }).click()
  await expect(page.getByText('Not connected', { exact: true }).first()).toBeVisible()
  await page.getByRole('button', { name: 'Connect', exact: true }).click()
  await expect(page.getByText('Connected', { exact: true })).toBeVisible()
  report([tab], info)
  expect(tab.uncaught).toEqual([])
  expect(tab.console.filter((line) => line.startsWith('error:'))).toEqual([])
})

test('the demo connects to another broker, and says why where its server forbids that', async ({ context, ownBroker, closing }, info) => {
  const open = async (contentSecurityPolicy?: string) => {
    const server = await closing(
      startPageServer({ roots: demoRoots, ...(contentSecurityPolicy === undefined ? {} : { contentSecurityPolicy }) }),
    )
    const tab = await openDemo(context, server.url)
    const { page } = tab
    // There is no broker behind the page's own address here.
    await page.getByRole('button', { name: 'Disconnect' }).click()
    await page.getByRole('button', { name: 'Connection settings' }).click()
    await page.getByLabel('Address').fill(ownBroker.url)
    await page.getByRole('button', { name: 'Connect', exact: true }).click()
    return tab
  }
  const [allowed, forbidden] = [await open(demoContentSecurityPolicy), await open()]
  await expect(allowed.page.getByText('Connected', { exact: true })).toBeVisible()
  await expect(forbidden.page.locator('#notice')).toContainText('connect-src')
  report([allowed, forbidden], info)
  for (const { uncaught } of [allowed, forbidden]) expect(uncaught).toEqual([])
})

test('tabs of the demo see and hear one another, call a service and watch devices', async ({ context, ownBroker, closing }, info) => {
  const server = await closing(startDemoPage(ownBroker))
  const env = { WSMQ_URL: `mqtt://127.0.0.1:${ownBroker.tcpPort}`, WSMQ_PERIOD: '0' }
  const service = backends().find(({ name }) => name === 'javascript')
  if (service === undefined) throw new Error('There is no demo service in JavaScript.')
  expect(await buildBackend(service)).toBeUndefined()
  const [program = '', ...args] = service.start
  const programs = [
    new ServerProcess(process.execPath, ['devices/simulate.mjs', 'SN-1', 'SN-2'], env, demo),
    new ServerProcess(program, args, env, `${demo}backends/javascript`),
  ]
  for (const each of programs) {
    await closing(Promise.resolve({ close: () => each.stop() }))
    await each.start([])
  }

  const [ann, ben] = [await openDemo(context, server.url), await openDemo(context, server.url)]
  const uid = (page: Page) =>
    page
      .locator('#own')
      .filter({ hasText: /^acme:/ })
      .innerText()
  const [annsUid, bensUid] = [await uid(ann.page), await uid(ben.page)]
  const people = (page: Page) => page.getByRole('list', { name: 'Others who are here' })
  await expect(people(ann.page)).toContainText(bensUid)
  await expect(people(ben.page)).toContainText(annsUid)

  const say = async (page: Page, to: string, text: string) => {
    await page.getByRole('combobox', { name: 'To', exact: true }).selectOption(to)
    await page.getByLabel('Message', { exact: true }).fill(text)
    await page.getByRole('button', { name: 'Send' }).click()
  }
  for (const { page } of [ann, ben]) await page.getByRole('button', { name: 'People' }).click()
  await say(ann.page, bensUid, 'for you alone')
  const heard = ben.page.getByRole('list', { name: 'What was said' })
  await expect(heard).toContainText(`${annsUid}for you alone`)
  await say(ann.page, '#lobby', 'for all')
  await expect(heard).toContainText(`${annsUid}for all`)

  await expect(ann.page.getByRole('list', { name: 'Services that are running' })).toContainText('demo', { timeout: 20_000 })
  await ann.page.getByRole('button', { name: 'Services', exact: true }).click()
  const result = ann.page.locator('#call-result')
  const call = async (method: string) => {
    await ann.page.getByLabel('Method').selectOption(method)
    await ann.page.getByRole('button', { name: 'Call', exact: true }).click()
  }
  await call('sum')
  await expect(result).toContainText('42')
  await call('fail')
  await expect(result).toContainText('17: Sold out')
  await call('slow')
  await expect(ann.page.getByRole('progressbar')).toBeVisible()
  await ann.page.getByRole('button', { name: 'Cancel' }).click()
  await expect(result).toContainText('Cancelled.')

  const devices = ann.page.getByRole('list', { name: 'Devices' }).getByRole('listitem')
  await expect(devices).toHaveCount(2)
  await expect(devices.first()).toContainText('100 %')
  await programs[0]?.stop('SIGKILL')
  await expect(devices.first()).toContainText('offline')

  await ben.page.close()
  await expect(people(ann.page).getByRole('listitem')).toHaveCount(0, { timeout: 20_000 })
  report([ann, ben], info)
  for (const { uncaught } of [ann, ben]) expect(uncaught).toEqual([])
})

test('the demo bears whatever others wrote', async ({ context, ownBroker, closing }) => {
  const server = await closing(startDemoPage(ownBroker))
  const eve = await connectAsync(`mqtt://127.0.0.1:${ownBroker.tcpPort}`)
  await closing(Promise.resolve({ close: () => eve.endAsync() }))
  const records = {
    'device/status/SN-1': '{"online":true,"recording":{},"battery":{"toString":1}}',
    'device/status/SN-2': '{"online":{},"battery":90}',
    'webapp/svc/demo/a': '{"online":true,"methods":null}',
    'webapp/svc/demo/b': '{"online":true,"methods":["constructor",{"toString":1}],"version":[]}',
    'webapp/status/acme:eve:eeee': '{"online":true,"since":9000000000000000000}',
  }
  for (const [topic, record] of Object.entries(records)) await eve.publishAsync(`app/${topic}`, record, { qos: 1, retain: true })

  const { page, uncaught } = await openDemo(context, server.url)
  const list = (name: string) => page.getByRole('list', { name }).getByRole('listitem')
  await expect(list('Devices')).toHaveText(['SN-1online', 'SN-2offline'])
  await expect(list('Services that are running')).toHaveText(['demo0a', 'demo0b'])
  await expect(list('Others who are here')).toContainText(['acme:eve:eeee'])

  const uid = await page
    .locator('#own')
    .filter({ hasText: /^acme:/ })
    .innerText()
  await page.getByRole('button', { name: 'People' }).click()
  for (const said of ['null', '7', '{"text":{"toString":1}}', '{"text":"at last"}'])
    for (const topic of [`webapp/peer/${uid}/acme:eve:eeee`, 'webapp/room/lobby/acme:eve:eeee'])
      await eve.publishAsync(`app/${topic}`, said, { qos: 1 })
  await expect(list('What was said').filter({ hasText: 'acme:eve:eeee' })).toHaveCount(8)
  await expect(list('What was said').filter({ hasText: 'at last' })).toHaveCount(2)
  expect(uncaught).toEqual([])
})
