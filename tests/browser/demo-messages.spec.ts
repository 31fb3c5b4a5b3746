import { connectAsync } from 'mqtt'
import { connected, messageRows, openDemo, publish, show, startDemoPage, subscribed } from './demo-page.js'
import { expect, test } from './support.js'

test('the demo counts 20,000 messages exactly, and keeps and draws only some', async ({ context, ownBroker, closing }) => {
  test.setTimeout(120_000)
  const server = await closing(startDemoPage(ownBroker))
  const { page, uncaught } = await openDemo(context, server.url)
  await subscribed(page)
  const feed = await connectAsync(`mqtt://127.0.0.1:${ownBroker.tcpPort}`)
  await closing(Promise.resolve({ close: () => feed.endAsync() }))
  const count = 20_000
  for (let sent = 1; sent <= count; sent++) {
    const last = feed.publishAsync(`lab/${sent % 100}/value`, JSON.stringify({ value: sent }), { qos: 1 })
    if (sent % 500 === 0) await last
  }

  await expect(page.locator('#total')).toHaveText(/^20.?000$/, { timeout: 60_000 })
  await expect(messageRows(page).first()).toContainText(`{"value":${count}}`)
  expect(await messageRows(page).count()).toBeLessThan(60)
  // The list says how many there are, as a scroll bar does.
  await expect(messageRows(page).first()).toHaveAttribute('aria-setsize', '5000')

  await show(page, 'Topics')
  await expect(page.getByRole('treeitem', { name: /^lab/ })).toContainText(/100 · 20.?000/)
  await show(page, 'Packets')
  const packets = page.getByRole('list', { name: 'Packets' }).getByRole('listitem')
  await expect(packets.first()).toHaveAttribute('aria-setsize', '2000')
  expect(await packets.count()).toBeLessThan(80)
  expect(uncaught).toEqual([])
})

test('the demo searches, pauses, shows a message in full, and has its history over a reload', async ({ context, ownBroker, closing }) => {
  const server = await closing(startDemoPage(ownBroker))
  const { page } = await openDemo(context, server.url)
  await subscribed(page)
  await page.setViewportSize({ width: 1280, height: 800 })
  await publish(page, 'demo/colour', '{"name":"red"}')
  await publish(page, 'demo/shape', '{"name":"round"}')
  const rows = messageRows(page)
  await expect(rows).toHaveCount(2)
  await expect(rows.first()).toBeInViewport({ ratio: 1 })

  const search = page.getByRole('searchbox', { name: 'Search messages' })
  for (const [query, topic] of [
    ['colour', 'demo/colour'],
    ['ROUND', 'demo/shape'],
    ['+/shape', 'demo/shape'],
  ] as const) {
    await search.fill(query)
    await expect(rows).toHaveCount(1)
    await expect(rows).toContainText(topic)
  }
  await search.fill('nothing like it')
  await expect(page.getByText('No message fits the search.')).toBeVisible()
  await search.fill('')

  await page.getByRole('button', { name: 'Pause' }).click()
  await publish(page, 'demo/late', 'while paused')
  await expect(page.getByText('Paused. 1 new message.')).toBeVisible()
  await expect(rows).toHaveCount(2)
  await page.getByRole('button', { name: 'Go on' }).click()
  await expect(rows).toHaveCount(3)

  await rows.filter({ hasText: 'demo/colour' }).getByRole('button').click()
  const detail = page.getByRole('article', { name: 'Chosen message' })
  await expect(detail.getByLabel('Payload', { exact: true })).toHaveText('{\n  "name": "red"\n}')
  await detail.getByRole('button', { name: 'Hex' }).click()
  await expect(detail.getByLabel('Payload', { exact: true })).toContainText('7b 22 6e 61')

  await page.reload()
  await connected(page)
  await expect(rows).toHaveCount(3)
  await expect(rows.first()).toContainText('demo/late')
  await expect(rows.first()).toContainText('earlier')
  await expect(page.locator('#total')).toHaveText('0')
  await page.getByRole('button', { name: 'Clear' }).click()
  await expect(rows).toHaveCount(0)
})

test('filters that overlap show a message once', async ({ context, ownBroker, closing }) => {
  const server = await closing(startDemoPage(ownBroker))
  const { page, uncaught } = await openDemo(context, server.url)
  await connected(page)
  const filters = page.getByRole('list', { name: 'Subscriptions' }).getByRole('listitem')
  await expect(filters.filter({ hasText: 'demo/#' })).toContainText('QoS 1')

  await page.getByLabel('Topic filter').fill('demo/+')
  await page.getByRole('button', { name: 'Subscribe', exact: true }).click()
  await expect(filters.filter({ hasText: 'demo/+' })).toContainText('QoS 1')
  await publish(page, 'demo/once', 'x')
  await expect(filters.filter({ hasText: 'demo/+' })).toContainText('1')
  await expect(filters.filter({ hasText: 'demo/#' }).locator('.count')).toHaveText('1')
  await expect(messageRows(page)).toHaveCount(1)
  await expect(page.locator('#total')).toHaveText('1')

  await page.getByRole('button', { name: 'Unsubscribe from demo/+' }).click()
  await expect(filters.filter({ hasText: 'demo/+' })).toHaveCount(0)
  expect(uncaught).toEqual([])
})
