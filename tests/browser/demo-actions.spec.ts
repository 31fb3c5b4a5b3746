// What can be done with the demo page's messages: searching them by expressions and values, copying, publishing again.
import { connectAsync } from 'mqtt'
import { message, messageRows, openDemo, publish, show, startDemoPage, subscribed } from './demo-page.js'
import { expect, test } from './support.js'

test('messages and topics are searched by regular expressions and by values in JSON', async ({ context, ownBroker, closing }) => {
  const server = await closing(startDemoPage(ownBroker))
  const { page, uncaught } = await openDemo(context, server.url, { user: 'ann' })
  await subscribed(page)
  for (const [topic, payload] of [
    ['demo/kitchen', '{"temperature": 21.5, "door": {"state": "open"}}'],
    ['demo/attic', '{"temperature": 9, "tags": ["cold", "dark"]}'],
    ['demo/log', 'error 42: too cold'],
  ] as const)
    await publish(page, topic, payload)
  await expect(messageRows(page)).toHaveCount(3)
  const search = page.getByRole('searchbox', { name: 'Search messages' })
  for (const [query = '', ...topics] of [
    ['/^error \\d+/', 'log'],
    ['/KITCHEN/i', 'kitchen'],
    ['/KITCHEN/'],
    ['/(/'],
    ['$.temperature > 20', 'kitchen'],
    ['$.temperature<=9', 'attic'],
    ['$.temperature != 9', 'kitchen'],
    ['$.temperature', 'attic', 'kitchen'],
    ['$.door.state = open', 'kitchen'],
    ['$.door.state = "open"', 'kitchen'],
    ['$.tags[1] = dark', 'attic'],
    ['$.constructor'],
  ]) {
    await search.fill(query)
    await expect(messageRows(page), query).toHaveCount(topics.length)
    for (const [index, topic] of topics.entries()) await expect(messageRows(page).nth(index), query).toContainText(`demo/${topic}`)
  }
  await show(page, 'Topics')
  await page.getByRole('searchbox', { name: 'Search topics' }).fill('$.temperature > 20')
  await expect(page.getByRole('treeitem')).toHaveCount(2)
  await expect(page.getByRole('treeitem', { name: /^kitchen/ })).toBeVisible()
  expect(uncaught).toEqual([])
})

test('a message is copied, as a command too, and published again with its properties', async ({ context, ownBroker, closing }) => {
  await context.grantPermissions(['clipboard-read', 'clipboard-write'])
  const feed = await connectAsync(`mqtt://127.0.0.1:${ownBroker.tcpPort}`, { protocolVersion: 5 })
  await closing(Promise.resolve({ close: () => feed.endAsync() }))
  const server = await closing(startDemoPage(ownBroker))
  const { page, uncaught } = await openDemo(context, server.url, { user: 'ann' })
  await subscribed(page)
  const properties = { contentType: 'text/plain', correlationData: Buffer.from('tied'), userProperties: { lamp: "it's on" } }
  await feed.publishAsync('demo/rich', "don't panic", { qos: 1, properties })
  await feed.publishAsync('demo/binary', Buffer.from([0, 255, 1]), { qos: 0 })
  const copied = () => page.evaluate(() => navigator.clipboard.readText())
  const detail = page.getByRole('article', { name: 'Chosen message' })

  await message(page, 'demo/binary').getByRole('button').click()
  await detail.getByRole('button', { name: 'Copy command' }).click()
  await expect(detail).toContainText('Copied the command.')
  const url = `${server.url.replace('http', 'ws')}ws_mqtt`
  expect(await copied()).toBe(`printf %s AP8B | base64 -d | wsmq pub -L ${url} -t demo/binary -s`)

  await message(page, 'demo/rich').getByRole('button').click()
  await detail.getByRole('button', { name: 'Copy payload' }).click()
  await expect(detail).toContainText('Copied the payload.')
  expect(await copied()).toBe("don't panic")
  await detail.getByRole('button', { name: 'Copy command' }).click()
  await expect(detail).toContainText('Copied the command.')
  expect(await copied()).toBe(
    `wsmq pub -L ${url} -t demo/rich -q 1 -D publish content-type text/plain -D publish correlation-data tied -D publish user-property lamp 'it'\\''s on' -m 'don'\\''t panic'`,
  )

  const again = new Promise((resolve) => feed.on('message', (_, payload, { properties }) => resolve([String(payload), properties])))
  await feed.subscribeAsync('demo/rich')
  await detail.getByRole('button', { name: 'Use in form' }).click()
  await page.getByRole('button', { name: 'Publish', exact: true }).last().click()
  expect(await again).toEqual([
    "don't panic",
    { ...properties, userProperties: expect.objectContaining(properties.userProperties) as unknown },
  ])
  expect(uncaught).toEqual([])
})

test('who is new is told what to do, and does it', async ({ context, ownBroker, closing }) => {
  const server = await closing(startDemoPage(ownBroker))
  const { page } = await openDemo(context, server.url, { user: 'ann' })
  await subscribed(page)
  await expect(page.getByText('Nothing yet on demo/#, lab/#.')).toBeVisible()
  await page.getByRole('button', { name: /^Explore \d+ topics?$/ }).click()
  await expect(page.getByRole('tree', { name: 'Topics' })).toBeVisible()
  await show(page, 'Messages')
  await page.getByRole('button', { name: 'Publish what the form has' }).click()
  await expect(message(page, 'demo/hello')).toBeVisible()
})
