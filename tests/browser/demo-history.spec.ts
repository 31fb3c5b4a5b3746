// What the demo page still has after a reload, of which broker and account, and where it is not kept.
import { type Page } from '@playwright/test'
import { connectAsync } from 'mqtt'
import { connected, message, messageRows, openDemo, publish, show, startDemoPage, subscribed } from './demo-page.js'
import { expect, test } from './support.js'

const topicItem = (page: Page, name: string) => page.getByRole('treeitem', { name: new RegExp(`^${name}`) })
const openConnection = (page: Page) => page.getByRole('button', { name: 'Connection settings' }).click()
/** All records, by the names of their stores. */
function readDatabase(page: Page) {
  return page.evaluate(async () => {
    const opening = indexedDB.open('websocket-mq demo')
    const database = await new Promise<IDBDatabase>((resolve) => (opening.onsuccess = () => resolve(opening.result)))
    const names = [...database.objectStoreNames]
    const transaction = database.transaction(names)
    const requests = names.map((name) => [name, transaction.objectStore(name).getAll() as IDBRequest<unknown[]>] as const)
    await new Promise((resolve) => (transaction.oncomplete = resolve))
    database.close()
    const text = (_: string, value: unknown) => (value instanceof Uint8Array ? new TextDecoder().decode(value) : value)
    return JSON.parse(JSON.stringify(Object.fromEntries(requests.map(([name, { result }]) => [name, result])), text)) as {
      messages: { packed: { payloads: string } }[]
    }
  })
}

const inCard = (page: Page) => page.locator('#history')

test('messages and values are there after a reload, properties too, and are cleared everywhere', async ({
  context,
  ownBroker,
  closing,
}) => {
  const feed = await connectAsync(`mqtt://127.0.0.1:${ownBroker.tcpPort}`, { protocolVersion: 5 })
  await closing(Promise.resolve({ close: () => feed.endAsync() }))
  const server = await closing(startDemoPage(ownBroker))
  const { page, uncaught } = await openDemo(context, server.url, { user: 'ann' })
  await subscribed(page)
  const properties = { contentType: 'text/plain', correlationData: Buffer.from('tied'), userProperties: { lamp: 'on' } }
  await feed.publishAsync('demo/rich', 'with properties', { qos: 1, properties })
  await feed.publishAsync('demo/binary', Buffer.from([0, 255, 1]), { qos: 1 })
  await feed.publishAsync('demo/rich', 'again', { qos: 1, properties })
  await expect(page.locator('#total')).toHaveText('3')

  // At once: nobody waits until it is written.
  await page.reload()
  await connected(page)
  await expect(messageRows(page)).toHaveCount(3)
  await expect(messageRows(page).filter({ hasText: 'earlier' })).toHaveCount(3)
  await message(page, 'demo/rich').getByRole('button').click()
  const detail = page.getByRole('article', { name: 'Chosen message' })
  for (const text of ['text/plain', 'tied', 'lamp']) await expect(detail).toContainText(text)
  await show(page, 'Topics')
  await expect(topicItem(page, 'rich')).toHaveAccessibleName('rich, again, 2 messages')
  await expect(topicItem(page, 'binary')).toContainText('00 ff 01')

  // A tab of tomorrow goes on with what no other tab has; a second one beside it begins anew.
  await page.close()
  const later = await openDemo(context, server.url, { user: 'ann' })
  await connected(later.page)
  await expect(messageRows(later.page)).toHaveCount(3)
  const beside = await openDemo(context, server.url, { user: 'ann' })
  await subscribed(beside.page)
  await expect(messageRows(beside.page)).toHaveCount(0)

  await openConnection(later.page)
  await expect(inCard(later.page)).toContainText('keeps 3 messages')
  await inCard(later.page).getByRole('button', { name: 'Clear history' }).click()
  await later.page.getByRole('dialog').getByRole('button', { name: 'Clear' }).click()
  await expect(inCard(later.page)).toContainText('Cleared.')
  await later.page.reload()
  await connected(later.page)
  await expect(messageRows(later.page)).toHaveCount(0)
  expect([...uncaught, ...later.uncaught, ...beside.uncaught]).toEqual([])
})

test('nothing is missing where the browser gives up what a page writes when it is left', async ({ context, ownBroker, closing }) => {
  const server = await closing(startDemoPage(ownBroker))
  await context.addInitScript(() => {
    addEventListener('pagehide', () => {
      IDBDatabase.prototype.transaction = () => {
        throw new DOMException('The page is being left.', 'AbortError')
      }
    })
  })
  const { page } = await openDemo(context, server.url, { user: 'ann' })
  await subscribed(page)
  for (const text of ['one', 'two']) {
    await publish(page, 'demo/late', text)
    await expect(message(page, 'demo/late')).toContainText(text)
    await page.reload()
    await subscribed(page)
  }
  await expect(messageRows(page)).toHaveCount(2)
  await show(page, 'Topics')
  await expect(topicItem(page, 'late')).toHaveAccessibleName('late, two, 2 messages')

  await show(page, 'Messages')
  await page.getByRole('button', { name: 'Clear', exact: true }).click()
  await page.reload()
  await connected(page)
  await expect(messageRows(page)).toHaveCount(0)
})

test('each account at each broker has a history, and no secret is in it', async ({ context, ownBroker, closing }) => {
  const server = await closing(startDemoPage(ownBroker))
  const { page } = await openDemo(context, server.url, { user: 'ann' })
  await subscribed(page)
  await publish(page, 'demo/of-ann', 'x')
  await expect(message(page, 'demo/of-ann')).toBeVisible()
  await page.getByLabel('You are').selectOption('bob')
  await expect(page.locator('#own')).toContainText('acme:bob')
  await expect(messageRows(page)).toHaveCount(0)
  await subscribed(page)
  await page.getByLabel('You are').selectOption('ann')
  await expect(page.locator('#own')).toContainText('acme:ann')
  await expect(message(page, 'demo/of-ann')).toBeVisible()

  await openConnection(page)
  await page.getByLabel('Address').fill(`${server.url.replace('http', 'ws')}ws_mqtt?token=secret-1`)
  await page.getByLabel('User name').fill('ann')
  await page.getByLabel('Password').fill('secret-2')
  await page.getByRole('button', { name: 'End the connection' }).click()
  await page.getByRole('button', { name: 'Connect with these' }).click()
  await subscribed(page)
  await publish(page, 'demo/later', 'x')
  await page.reload()
  await connected(page)
  const stored = JSON.stringify(await readDatabase(page))
  expect(stored).toContain('demo/of-ann')
  expect(stored).toContain('demo/later')
  expect(stored).not.toContain('secret')
})

test('of 20,000 messages the latest 5,000 are kept', async ({ context, ownBroker, closing }) => {
  test.setTimeout(120_000)
  const server = await closing(startDemoPage(ownBroker))
  const { page, uncaught } = await openDemo(context, server.url, { user: 'ann' })
  await subscribed(page)
  const feed = await connectAsync(`mqtt://127.0.0.1:${ownBroker.tcpPort}`)
  await closing(Promise.resolve({ close: () => feed.endAsync() }))
  const count = 20_000
  for (let sent = 1; sent <= count; sent++) {
    const last = feed.publishAsync(`lab/${sent % 700}/value`, JSON.stringify({ value: sent }), { qos: 1 })
    if (sent % 500 === 0) await last
  }
  await expect(page.locator('#total')).toHaveText(/^20.?000$/, { timeout: 60_000 })
  const lastWritten = async () => (await readDatabase(page)).messages.at(-1)?.packed.payloads.endsWith(`{"value":${count}}`)
  await expect.poll(lastWritten, { timeout: 30_000 }).toBe(true)
  await page.reload()
  await connected(page)
  await expect(messageRows(page).first()).toContainText(`{"value":${count}}`)
  await expect(messageRows(page).first()).toHaveAttribute('aria-setsize', '5000')
  await show(page, 'Topics')
  await expect(topicItem(page, 'lab')).toContainText(/700 · 20.?000/)
  expect(uncaught).toEqual([])
})

test('where storage is denied, the history ends with the page, which says so', async ({ context, ownBroker, closing }) => {
  const server = await closing(startDemoPage(ownBroker))
  await context.addInitScript(() => {
    IDBFactory.prototype.open = () => {
      throw new DOMException('The user denied permission.', 'SecurityError')
    }
  })
  const { page, uncaught } = await openDemo(context, server.url, { user: 'ann' })
  await subscribed(page)
  await publish(page, 'demo/short-lived', 'x')
  await expect(message(page, 'demo/short-lived')).toBeVisible()
  await openConnection(page)
  await expect(inCard(page)).toContainText('does not keep the history, which ends with this page: The user denied permission.')
  await page.reload()
  await connected(page)
  await expect(messageRows(page)).toHaveCount(0)
  expect(uncaught).toEqual([])
})

test('where there is no more room, messages are shown all the same', async ({ context, ownBroker, closing }) => {
  const server = await closing(startDemoPage(ownBroker))
  await context.addInitScript(() => {
    const put = IDBObjectStore.prototype.put
    IDBObjectStore.prototype.put = function (this: IDBObjectStore, ...given) {
      if (this.name === 'messages') throw new DOMException('Full.', 'QuotaExceededError')
      return put.apply(this, given)
    }
  })
  const { page, uncaught } = await openDemo(context, server.url, { user: 'ann' })
  await subscribed(page)
  await publish(page, 'demo/too-much', 'x')
  await expect(message(page, 'demo/too-much')).toBeVisible()
  await openConnection(page)
  await expect(inCard(page)).toContainText('which ends with this page: It has no more room.', { timeout: 20_000 })
  expect(uncaught).toEqual([])
})
