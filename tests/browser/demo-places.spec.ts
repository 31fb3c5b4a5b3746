// Where the demo page's connection runs, and what it keeps for the next page.
import { type Page } from '@playwright/test'
import { connectAsync } from 'mqtt'
import { connected, message, messageRows, openDemo, publish, show, startDemoPage, subscribed } from './demo-page.js'
import { expect, test } from './support.js'

const openConnection = (page: Page) => page.getByRole('button', { name: 'Connection settings' }).click()
const people = (page: Page) => page.getByRole('list', { name: 'Others who are here' }).getByRole('listitem')
const modules = (page: Page) =>
  page.evaluate(() => performance.getEntriesByType('resource').filter(({ name }) => name.endsWith('.wasm')).length)

/** Packets and the convention's topics are known, wherever the connection is. */
async function seesAll(page: Page): Promise<void> {
  await show(page, 'Packets')
  await expect(page.getByRole('list', { name: 'Packets' })).toContainText('PUBLISH')
  await show(page, 'Topics')
  await expect(page.getByRole('treeitem', { name: /^app/ })).toBeVisible()
  await show(page, 'Messages')
}

test('a connection runs in a worker, by choice, which links and saved connections have', async ({ context, ownBroker, closing }) => {
  const server = await closing(startDemoPage(ownBroker))
  const { page, uncaught } = await openDemo(context, server.url, { user: 'ann' })
  await subscribed(page)
  expect(await modules(page)).toBe(1)
  await openConnection(page)
  await page.getByText('Advanced', { exact: true }).click()
  await page.getByLabel('The connection runs in').selectOption('A worker')
  await page.getByRole('button', { name: 'End the connection' }).click()
  await page.getByRole('button', { name: 'Connect with these' }).click()
  await subscribed(page)
  await expect(page.locator('#facts')).toContainText('a worker of this page')
  await expect(page).toHaveURL(/runsIn=worker/)
  await page.getByRole('textbox', { name: 'Name', exact: true }).fill('working')
  await page.getByRole('button', { name: 'Save', exact: true }).click()

  await page.reload()
  await subscribed(page)
  expect(await modules(page)).toBe(0)
  expect(page.workers().map((worker) => new URL(worker.url()).pathname)).toContain('/app/webapp-worker.js')
  await show(page, 'Messages')
  await publish(page, 'demo/by-worker', '{"of":"worker"}')
  await expect(message(page, 'demo/by-worker')).toContainText('"of":"worker"')
  await seesAll(page)

  await openConnection(page)
  await page.getByText('Advanced', { exact: false }).first().click()
  await page.getByLabel('The connection runs in').selectOption('This page')
  await page.getByRole('button', { name: /^working/ }).click()
  await subscribed(page)
  await expect(page.getByLabel('The connection runs in')).toHaveValue('worker')
  expect(uncaught).toEqual([])
})

test('tabs that share a connection are one webapp, and the page says so', async ({ context, browser, ownBroker, closing }) => {
  const server = await closing(startDemoPage(ownBroker))
  const apart = await closing(browser.newContext())
  const bob = await openDemo(apart, server.url, { user: 'bob' })
  const first = await openDemo(context, server.url, { user: 'ann', hash: '#runsIn=shared' })
  await subscribed(first.page)
  const second = await openDemo(context, server.url, { user: 'ann', hash: '#runsIn=shared' })
  await subscribed(second.page)
  const uid = (await first.page.locator('#own').textContent()) ?? ''
  expect(uid).toMatch(/^acme:ann:/)
  await expect(second.page.locator('#own')).toHaveText(uid)
  await expect(second.page.getByText('All tabs of ann in this browser are this one webapp.')).toBeVisible()
  await expect(people(bob.page)).toHaveCount(1)
  await expect(people(bob.page)).toContainText(uid)
  await expect(people(first.page)).toHaveCount(1)

  await publish(first.page, 'demo/shared', 'for both')
  for (const { page } of [first, second]) {
    await expect(message(page, 'demo/shared')).toContainText('for both')
    await expect(messageRows(page)).toHaveCount(1)
    await seesAll(page)
  }
  // One tab goes: nothing changes for the other one, nor for those who see them.
  await first.page.close()
  await publish(second.page, 'demo/left', 'still here')
  await expect(message(second.page, 'demo/left')).toBeVisible()
  await expect(people(bob.page)).toHaveCount(1)
  await second.page.close()
  await expect(people(bob.page)).toHaveCount(0)
  for (const { uncaught } of [bob, first, second]) expect(uncaught).toEqual([])
})

for (const role of ['webapp', 'client'] as const)
  test(`what was published offline is delivered after a reload, as a ${role}`, async ({ context, ownBroker, closing }) => {
    const server = await closing(startDemoPage(ownBroker))
    const { page, uncaught } = await openDemo(context, server.url, { user: 'ann', hash: `#role=${role}` })
    await subscribed(page)
    await openConnection(page)
    await page.getByText('Advanced', { exact: true }).click()
    await page.getByLabel('Keep unsent messages over reload').check()
    await page.getByRole('button', { name: 'End the connection' }).click()
    await page.getByRole('button', { name: 'Connect with these' }).click()
    await subscribed(page)
    await expect(page.locator('#facts')).toContainText('Outboxempty')

    await ownBroker.stop()
    await expect(page.locator('#status')).toHaveAttribute('data-state', 'reconnecting')
    await page.getByLabel('Times').fill('3')
    await page.getByRole('checkbox', { name: 'Retain', exact: true }).check()
    await publish(page, 'demo/offline', 'written offline')
    await expect(page.locator('#publish-outcome')).toHaveText('Stored 3 messages, which will be sent when there is a connection.')
    await expect(page.locator('#outbox')).toContainText(/^3 messages wait in the outbox, the oldest since \d/)
    await page.reload()
    await expect(page.locator('#status')).toHaveAttribute('data-state', 'connecting')

    await ownBroker.start()
    await connected(page)
    await show(page, 'Messages')
    const delivered = messageRows(page).filter({ hasText: 'demo/offline' }).filter({ hasText: 'delivered' })
    await expect(delivered).toHaveCount(3)
    await expect(page.locator('#outbox')).toHaveCount(0)
    // The broker has them: it retains the last one.
    const witness = await connectAsync(`mqtt://127.0.0.1:${ownBroker.tcpPort}`)
    await closing(Promise.resolve({ close: () => witness.endAsync() }))
    const heard = new Promise<string>((resolve) => witness.on('message', (_, payload) => resolve(String(payload))))
    await witness.subscribeAsync('demo/offline', { qos: 1 })
    expect(await heard).toBe('written offline')
    await openConnection(page)
    await expect(page.locator('#facts')).toContainText('Outboxempty')
    expect(uncaught).toEqual([])
  })
