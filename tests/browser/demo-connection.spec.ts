import { readFile } from 'node:fs/promises'
import { type Page } from '@playwright/test'
import { connectAsync } from 'mqtt'
import { startBroker } from '../support/broker.mjs'
import { connected, message, messageRows, openDemo, publish, startDemoPage, subscribed } from './demo-page.js'
import { expect, test } from './support.js'

const settings = (page: Page) => page.getByRole('button', { name: 'Connection settings' }).click()
const connectButton = (page: Page, name: 'Connect' | 'Disconnect') =>
  page.getByRole('banner').getByRole('button', { name, exact: true }).click()

test('the page has its credentials from its issuer, and renews them', async ({ context, closing }) => {
  test.setTimeout(120_000)
  const broker = await closing(startBroker({ users: { issued: 'secret' } }))
  const server = await closing(startDemoPage(broker))
  const asked: unknown[] = []
  let session = ''
  await context.route('**/issuer/login', async (route) => {
    session = (route.request().postDataJSON() as { user: string }).user
    await route.fulfill({ status: 204 })
  })
  await context.route('**/issuer/credential', async (route) => {
    const { uid } = route.request().postDataJSON() as { uid: string }
    asked.push(uid)
    if (!uid.startsWith(`acme:${session}:`)) return route.fulfill({ status: 403 })
    // The first ones expire at once, for a credential.
    await route.fulfill({
      json: { username: 'issued', password: 'secret', expiresAt: Date.now() + (asked.length === 1 ? 8000 : 3_600_000) },
    })
  })
  const { page, uncaught } = await openDemo(context, server.url, { user: 'ann' })
  await subscribed(page)
  await settings(page)
  await expect(page.locator('#facts')).toContainText("issued by the page's server")
  const uid = await page.locator('#own').innerText()
  expect(asked[0]).toBe(uid)
  await expect.poll(() => asked.length, { timeout: 30_000 }).toBeGreaterThan(1)
  expect(new Set(asked)).toEqual(new Set([uid]))
  await connected(page)

  // The doctor comes with an account of its own: one of this name would displace the page.
  await page.getByRole('button', { name: 'Doctor' }).click()
  // It tries the rules of the convention as that account, and this broker has none.
  await expect(page.locator('.verdict')).toContainText('the access rules are too wide', { timeout: 60_000 })
  await expect(page.getByRole('list', { name: 'Findings' }).getByRole('listitem')).not.toHaveCount(0)
  await expect(page.getByRole('banner').getByRole('button', { name: 'Ill' })).toBeVisible()
  expect(asked.at(-1)).toMatch(/^acme:ann:[a-z0-9]{4}$/)
  expect(asked.at(-1)).not.toBe(uid)
  await expect(page.locator('#own')).toHaveText(uid)
  expect(uncaught).toEqual([])
})

test('a connection as a client has its own identifier, version and will', async ({ context, ownBroker, closing }) => {
  const server = await closing(startDemoPage(ownBroker))
  const witness = await connectAsync(`mqtt://127.0.0.1:${ownBroker.tcpPort}`, { protocolVersion: 5 })
  await closing(Promise.resolve({ close: () => witness.endAsync() }))
  const wills: [text: string, contentType: string | undefined][] = []
  witness.on('message', (_, payload, packet) => wills.push([payload.toString(), packet.properties?.contentType]))
  await witness.subscribeAsync('demo/wills')

  const { page } = await openDemo(context, server.url)
  await connected(page)
  await connectButton(page, 'Disconnect')
  await settings(page)
  await page.getByRole('button', { name: 'MQTT client' }).click()
  await page.getByLabel('Client identifier').fill('a-name-of-my-own')
  await page.getByLabel('Keep alive, s').fill('45')
  await page.getByText('Will', { exact: true }).click()
  await page.getByLabel('Topic of the will').fill('demo/wills')
  await page.getByLabel('Payload of the will').fill('gone')
  await page.getByRole('main').getByLabel('Content type').fill('text/plain')
  await page.getByRole('button', { name: 'Connect with these' }).click()
  await subscribed(page)
  const facts = page.locator('#facts')
  for (const fact of ['a-name-of-my-own', 'Keep alive45 s', 'MQTT 5.0']) await expect(facts).toContainText(fact)
  // A round trip is measured by a topic here, and disturbs nothing that is shown.
  await expect(page.locator('#latency')).toHaveText(/^[\d.]+ m?s$/)
  await expect(page.locator('#total')).toHaveCount(0)

  await connectButton(page, 'Disconnect')
  await page.getByLabel('Version').selectOption('MQTT 3.1.1')
  await page.getByLabel('Session expiry, s').fill('0')
  await connectButton(page, 'Connect')
  await subscribed(page)
  await expect(facts).toContainText('MQTT 3.1.1')
  await connectButton(page, 'Disconnect')
  await page.getByLabel('Version').selectOption('MQTT 5.0')
  await connectButton(page, 'Connect')
  await subscribed(page)
  expect(wills).toEqual([])
  await page.close()
  await expect.poll(() => wills).toEqual([['gone', 'text/plain']])
})

/** The file that the page's button writes. */
async function exported(page: Page): Promise<string> {
  const download = page.waitForEvent('download')
  await page.getByRole('button', { name: 'Export' }).click()
  return (await (await download).path()) ?? ''
}

test('connections are saved, linked to, and exported with their session, never with secrets', async ({ context, ownBroker, closing }) => {
  const server = await closing(startDemoPage(ownBroker))
  const { page, uncaught } = await openDemo(context, server.url)
  await subscribed(page)
  await publish(page, 'demo/kept', 'worth it')
  await expect(message(page, 'demo/kept')).toBeVisible()
  await page.getByRole('searchbox', { name: 'Search messages' }).fill('kept')
  await settings(page)
  await page.getByLabel('Password').fill('top-secret')
  await page.getByLabel('Address').fill('/ws_mqtt?token=top-secret')
  await page.getByLabel('Organisation').fill('globex')
  await page.getByLabel('Name', { exact: true }).fill('staging')
  await page.getByRole('button', { name: 'Save' }).click()
  await expect(page.getByRole('list', { name: 'Saved connections' })).toContainText('staging/ws_mqtt')
  await expect.poll(() => new URL(page.url()).hash).toBe('#view=connection&search=kept&org=globex')

  const file = await exported(page)
  const session = await readFile(file, 'utf8')
  expect(JSON.parse(session)).toMatchObject({
    settings: { org: 'globex', address: '/ws_mqtt' },
    query: 'kept',
    messages: [{ topic: 'demo/kept' }],
  })
  const kept = await page.evaluate(() => JSON.stringify([{ ...localStorage }, { ...sessionStorage }]))
  for (const text of [session, kept, page.url()]) expect(text).not.toContain('top-secret')

  const other = await openDemo(context, server.url, { user: 'bob' })
  await settings(other.page)
  await other.page.locator('input[type=file]').setInputFiles({ name: 'odd.json', mimeType: 'application/json', buffer: Buffer.from('[1]') })
  await expect(other.page.getByText('This file is no session')).toBeVisible()
  await other.page.locator('input[type=file]').setInputFiles(file)
  await expect(other.page.getByLabel('Organisation')).toHaveValue('globex')
  await other.page.getByRole('button', { name: 'Messages' }).click()
  await expect(messageRows(other.page)).toHaveText([/demo\/kept.*earlier/])
  await settings(other.page)
  await other.page
    .getByRole('list', { name: 'Saved connections' })
    .getByRole('button', { name: /^staging/ })
    .click()
  await expect(other.page.locator('#own')).toHaveText(/^globex:/)
  await other.page.getByRole('button', { name: 'Forget staging' }).click()
  await expect(other.page.getByRole('list', { name: 'Saved connections' }).getByRole('listitem')).toHaveCount(0)
  // As it was written before the page kept the other properties.
  const older = { ...JSON.parse(session), messages: [{ topic: 'demo/older', at: 0, base64: 'AA==', contentType: 'image/png' }] } as object
  await other.page
    .locator('input[type=file]')
    .setInputFiles({ name: 'older.json', mimeType: 'application/json', buffer: Buffer.from(JSON.stringify(older)) })
  await other.page.getByRole('button', { name: 'Messages' }).click()
  await other.page.getByRole('searchbox', { name: 'Search messages' }).fill('')
  await expect(message(other.page, 'demo/older')).toBeVisible()
  await settings(other.page)
  const again = JSON.parse(await readFile(await exported(other.page), 'utf8')) as { messages: object[] }
  expect(again.messages).toContainEqual(expect.objectContaining({ topic: 'demo/older', properties: { contentType: 'image/png' } }))

  const linked = await openDemo(context, server.url, { hash: '#view=topics&search=climate&org=initech' })
  await expect(linked.page.getByRole('searchbox', { name: 'Search topics' })).toHaveValue('climate')
  await expect(linked.page.locator('#own')).toHaveText(/^initech:/)
  // What a link does not say is the default, and not what its reader had last.
  const short = await openDemo(context, server.url, { hash: '#view=topics' })
  await expect(short.page.locator('#own')).toHaveText(/^acme:/)
  expect(uncaught).toEqual([])
})

test('a link to another broker connects to it only when the user wants it', async ({ context, ownBroker, closing }) => {
  const server = await closing(startDemoPage(ownBroker))
  const { page } = await openDemo(context, server.url, { hash: `#${new URLSearchParams({ address: ownBroker.url, role: 'client' })}` })
  await expect(page.getByRole('alert')).toContainText('This link names a broker that is not behind this page')
  await expect(page.locator('#status')).toHaveAttribute('data-state', 'closed')
  await expect(page.getByLabel('Address')).toHaveValue(ownBroker.url)
  await connectButton(page, 'Connect')
  await connected(page)
})

test('the round trip of a message to the page itself is measured', async ({ context, ownBroker, closing }) => {
  const server = await closing(startDemoPage(ownBroker))
  const { page } = await openDemo(context, server.url)
  await expect(page.getByRole('img', { name: /^Round trip, now [\d.]+ m?s$/ })).toBeVisible()
  await page.getByRole('button', { name: 'People' }).click()
  await expect(page.getByText('Nothing has been said yet.')).toBeVisible()
})
