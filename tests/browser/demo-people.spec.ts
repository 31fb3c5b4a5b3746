import { connectAsync } from 'mqtt'
import { backends, buildBackend } from '../../scripts/lib/backends.mjs'
import { ServerProcess } from '../support/server-process.mjs'
import { connected, demo, openDemo, show, startDemoPage } from './demo-page.js'
import { expect, test } from './support.js'

test('people meet in rooms, see who is there, and call one another', async ({ context, ownBroker, closing }) => {
  const server = await closing(startDemoPage(ownBroker))
  const ann = await openDemo(context, server.url, { user: 'ann' })
  const bob = await openDemo(context, server.url, { user: 'bob' })
  for (const { page } of [ann, bob]) {
    await connected(page)
    await show(page, 'People')
    await page.getByLabel('Room', { exact: true }).fill('garden')
    await page.getByRole('button', { name: 'Join' }).click()
  }
  const room = (page: typeof ann.page, name: string) =>
    page.getByRole('list', { name: 'Rooms' }).getByRole('listitem').filter({ hasText: name })
  await expect(room(ann.page, 'garden')).toContainText('2')
  await expect(ann.page.getByRole('list', { name: 'Members of the room' })).toHaveText(/^acme:bob:\w+$/)
  await ann.page.getByLabel('Message', { exact: true }).fill('roses')
  await ann.page.getByRole('button', { name: 'Send' }).click()
  await expect(bob.page.getByRole('list', { name: 'What was said' })).toContainText('roses# garden')
  await expect(ann.page.getByRole('list', { name: 'What was said' })).toContainText('roses# garden')

  await bob.page.getByRole('button', { name: 'Leave garden' }).click()
  await expect(room(ann.page, 'garden')).toContainText('1')
  await expect(room(bob.page, 'garden')).toHaveCount(0)
  await ann.page.getByLabel('Message', { exact: true }).fill('tulips')
  await ann.page.getByRole('button', { name: 'Send' }).click()
  await ann.page.getByRole('list', { name: 'Rooms' }).getByRole('button', { name: '# lobby' }).click()
  await ann.page.getByLabel('Message', { exact: true }).fill('hello all')
  await ann.page.getByRole('button', { name: 'Send' }).click()
  await expect(bob.page.getByRole('list', { name: 'What was said' })).toContainText('hello all')
  await expect(bob.page.getByRole('list', { name: 'What was said' })).not.toContainText('tulips')

  await show(ann.page, 'Services')
  await ann.page.getByLabel('Service or person').selectOption({ index: 0 })
  await ann.page.getByLabel('Method').selectOption('sum')
  await ann.page.getByRole('button', { name: 'Call', exact: true }).click()
  await expect(ann.page.locator('#call-result')).toContainText('42')
  await ann.page.getByLabel('Method').selectOption('countdown')
  await ann.page.getByRole('button', { name: 'Call', exact: true }).click()
  await expect(ann.page.getByRole('progressbar')).toBeVisible()
  await expect(ann.page.locator('#call-result')).toContainText('10')
  for (const { uncaught } of [ann, bob]) expect(uncaught).toEqual([])
})

test('calls keep their parameters by method, and their times', async ({ context, ownBroker, closing }) => {
  const server = await closing(startDemoPage(ownBroker))
  const service = backends().find(({ name }) => name === 'javascript')
  if (service === undefined) throw new Error('There is no demo service in JavaScript.')
  expect(await buildBackend(service)).toBeUndefined()
  const [program = '', ...args] = service.start
  const running = new ServerProcess(program, args, { WSMQ_URL: `mqtt://127.0.0.1:${ownBroker.tcpPort}` }, `${demo}backends/javascript`)
  await closing(Promise.resolve({ close: () => running.stop() }))
  await running.start([])

  const { page, uncaught } = await openDemo(context, server.url)
  await page.getByRole('list', { name: 'Services that are running' }).getByRole('button', { name: 'demo' }).click()
  const params = page.getByLabel('Parameters, as JSON')
  await page.getByLabel('Method').selectOption('sum')
  await params.fill('[20, 22, 0.5]')
  for (let times = 1; times <= 3; times++) {
    await page.getByRole('button', { name: 'Call', exact: true }).click()
    await expect(page.getByRole('figure', { name: 'Latencies' })).toContainText(`${times} call`)
  }
  await expect(page.locator('#call-result')).toContainText('42.5')
  await expect(page.locator('#call-result .took')).toHaveText(/^[\d.]+ m?s$/)
  const bars = page.getByRole('figure', { name: 'Latencies' }).locator('[data-count]')
  const counts = await bars.evaluateAll((all) => all.map((bar) => Number((bar as HTMLElement).dataset['count'])))
  expect(counts.reduce((sum, count) => sum + count)).toBe(3)

  await page.getByLabel('Method').selectOption('echo')
  await expect(params).toHaveValue('{"hello":"world"}')
  await page.getByLabel('Method').selectOption('sum')
  await expect(params).toHaveValue('[20, 22, 0.5]')
  await page.reload()
  await page.getByLabel('Method').selectOption('sum')
  await expect(params).toHaveValue('[20, 22, 0.5]')
  expect(uncaught).toEqual([])
})

test('thousands of people are a list of some rows, which scrolls to the last', async ({ context, ownBroker, closing }) => {
  test.setTimeout(120_000)
  const crowd = await connectAsync(`mqtt://127.0.0.1:${ownBroker.tcpPort}`)
  await closing(Promise.resolve({ close: () => crowd.endAsync() }))
  const count = 3000
  for (let number = 1; number <= count; number++) {
    const uid = `acme:user${String(number).padStart(4, '0')}:aaaa`
    const last = crowd.publishAsync(`app/webapp/status/${uid}`, JSON.stringify({ online: true, uid, since: 1 }), { retain: true, qos: 1 })
    if (number % 500 === 0) await last
  }
  const server = await closing(startDemoPage(ownBroker))
  const { page } = await openDemo(context, server.url)
  const people = page.getByRole('list', { name: 'Others who are here' })
  await expect(people.getByRole('listitem').first()).toHaveAttribute('aria-setsize', String(count), { timeout: 30_000 })
  expect(await people.getByRole('listitem').count()).toBeLessThan(40)
  await people.evaluate((list) => list.scrollTo(0, list.scrollHeight))
  await expect(people.getByText('acme:user3000:aaaa')).toBeInViewport()
})
