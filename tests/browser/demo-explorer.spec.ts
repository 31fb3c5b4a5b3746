import { connectAsync } from 'mqtt'
import { openDemo, publish, show, startDemoPage, subscribed } from './demo-page.js'
import { expect, test } from './support.js'

test('the topic explorer shows values, changes, numbers over time, and clears what is retained', async ({
  context,
  ownBroker,
  closing,
}) => {
  const broker = await connectAsync(`mqtt://127.0.0.1:${ownBroker.tcpPort}`)
  await closing(Promise.resolve({ close: () => broker.endAsync() }))
  await broker.publishAsync('lab/kitchen/climate', '{"temperature":20,"door":"closed"}', { retain: true, qos: 1 })
  await broker.publishAsync('lab/attic/climate', '{"temperature":12}', { retain: true, qos: 1 })

  const server = await closing(startDemoPage(ownBroker))
  const { page, uncaught } = await openDemo(context, server.url)
  await subscribed(page)
  await show(page, 'Topics')
  const topics = page.getByRole('tree', { name: 'Topics' })
  const row = (name: string) => topics.getByRole('treeitem', { name: new RegExp(`^${name}`) })
  await expect(row('lab')).toContainText('2 · 2')
  await row('kitchen').click()
  await expect(row('climate')).toContainText('retained')
  await row('climate').click()
  const panel = page.getByRole('article', { name: 'Topic lab/kitchen/climate' })
  const value = panel.getByRole('group', { name: 'Value as JSON' })
  await expect(value).toContainText('temperature: 20')

  // Live, so without the mark of the past; what the broker retains is told all the same.
  await publish(page, 'lab/kitchen/climate', '{"temperature":21.5,"door":"closed","people":2}')
  await expect(value).toContainText('temperature: 21.5was 20')
  await expect(value).toContainText('people: 2added')
  await expect(value).not.toContainText('"closed"was')
  await expect(row('climate')).toContainText('2')
  await publish(page, 'lab/kitchen/climate', '{"temperature":23}')
  await expect(value).toContainText('people: 2 removed')
  await expect(panel.getByRole('img', { name: /^temperature over time: 3 values, now 23$/ })).toBeVisible()
  await expect(panel.locator('canvas')).toBeVisible()

  await panel.getByRole('button', { name: 'Hex' }).click()
  await expect(panel.getByLabel('Payload', { exact: true })).toContainText('7b 22 74 65')
  await panel.getByRole('button', { name: 'Text' }).click()
  await expect(panel.getByLabel('Payload', { exact: true })).toHaveText('{"temperature":23}')
  await panel.getByRole('button', { name: 'Publish here' }).click()
  await expect(page.getByRole('textbox', { name: 'Topic', exact: true })).toHaveValue('lab/kitchen/climate')

  await page.getByRole('searchbox', { name: 'Search topics' }).fill('attic')
  await expect(topics.getByRole('treeitem')).toHaveCount(3)
  await expect(row('kitchen')).toHaveCount(0)
  await page.getByRole('searchbox', { name: 'Search topics' }).fill('')

  await panel.getByRole('button', { name: 'Clear retained' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Keep' }).click()
  await expect(row('climate')).toContainText('retained')
  await panel.getByRole('button', { name: 'Clear retained' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Clear' }).click()
  await expect(row('climate')).not.toContainText('retained')
  // The broker has forgotten it, and only that.
  const kept: string[] = []
  broker.on('message', (topic) => kept.push(topic))
  await broker.subscribeAsync('lab/#')
  await broker.publishAsync('lab/last', 'x')
  await expect.poll(() => kept).toContain('lab/last')
  expect(kept).toEqual(['lab/attic/climate', 'lab/last'])
  expect(uncaught).toEqual([])
})

test('the explorer has what the convention tells, and a device leads to its topic', async ({ context, ownBroker, closing }) => {
  const device = await connectAsync(`mqtt://127.0.0.1:${ownBroker.tcpPort}`)
  await closing(Promise.resolve({ close: () => device.endAsync() }))
  await device.publishAsync('app/device/status/SN-7', '{"online":true,"battery":55}', { retain: true, qos: 1 })
  const server = await closing(startDemoPage(ownBroker))
  const { page } = await openDemo(context, server.url)
  await page.getByRole('list', { name: 'Devices' }).getByRole('button', { name: 'SN-7' }).click()
  await expect(page.getByRole('article', { name: 'Topic app/device/status/SN-7' })).toContainText('battery: 55')
  await expect(page.getByRole('tree', { name: 'Topics' })).toContainText('SN-7')
})
