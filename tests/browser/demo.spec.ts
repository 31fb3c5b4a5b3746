import { fileURLToPath } from 'node:url'
import { type BrowserContext, type Page } from '@playwright/test'
import { startPageServer } from '../support/page-server.mjs'
import { dist, expect, report, test } from './support.js'

const demo = fileURLToPath(new URL('../../demo/', import.meta.url))

test('two tabs of the demo exchange messages, and survive a restart of the broker', async ({ context, ownBroker, closing }, info) => {
  const server = await closing(startPageServer({ roots: { '/': demo, '/dist/': dist }, brokerPort: ownBroker.webSocketPort }))
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
  const server = await closing(startPageServer({ roots: { '/': demo, '/dist/': dist }, brokerPort: ownBroker.webSocketPort }))
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

async function openDemo(context: BrowserContext, url: string): Promise<{ page: Page; console: string[]; uncaught: string[] }> {
  const page = await context.newPage()
  const tab = { page, console: [] as string[], uncaught: [] as string[] }
  page.on('console', (message) => tab.console.push(`${message.type()}: ${message.text()}`))
  page.on('pageerror', (error) => tab.uncaught.push(String(error)))
  await page.goto(url)
  return tab
}

async function publish(page: Page, topic: string, payload: string): Promise<void> {
  await page.getByRole('textbox', { name: 'Topic', exact: true }).fill(topic)
  await page.getByRole('textbox', { name: 'Payload' }).fill(payload)
  await page.getByRole('button', { name: 'Publish' }).click()
}

function message(page: Page, topic: string) {
  return page.getByRole('list', { name: 'Messages that arrived' }).getByRole('listitem').filter({ hasText: topic }).first()
}
