// The components of each framework with the framework itself, in the way that its users run it.
import { fileURLToPath } from 'node:url'
import type { Page } from '@playwright/test'
import mqtt from 'mqtt'
import { serve } from '../brokers/suite/service.mjs'
import { buildPage, frameworks } from '../frameworks/build.mjs'
import { startPageServer } from '../support/page-server.mjs'
import { expect, test as base } from './support.js'

const work = fileURLToPath(new URL('../../build/frameworks/', import.meta.url))
const output = (page: Page, id: string) => page.locator(`#${id}`)
const heard = (page: Page) => page.evaluate(() => (globalThis as unknown as { heard: string[] }).heard)

const test = base.extend<{ peer: mqtt.MqttClient; root: string }>({
  root: async ({ topic }, use) => {
    await use(`${topic}/`)
  },
  /** Publishes what pages hear, and answers what they ask. */
  peer: async ({ broker, root }, use) => {
    const will = { topic: `${root}webapp/svc/stock/one`, payload: Buffer.from('{"online":false}'), qos: 1 as const, retain: true }
    const peer = await mqtt.connectAsync(`mqtt://127.0.0.1:${broker.tcpPort}`, { protocolVersion: 5, will })
    await serve(peer, { root, service: 'stock', instance: 'one', shared: true })
    await use(peer)
    await peer.endAsync()
  },
})

for (const name of Object.keys(frameworks)) {
  test.describe(name, () => {
    const folder = `${work}${name}`
    let site: Awaited<ReturnType<typeof startPageServer>>
    test.beforeAll(async ({ broker }) => {
      await buildPage(name, folder)
      site = await startPageServer({ roots: { '/': folder }, brokerPort: broker.webSocketPort, contentSecurityPolicy: '' })
    })
    test.afterAll(() => site.close())

    /** Opens the page, and waits until it has joined. */
    async function join(page: Page, root: string, more = ''): Promise<{ sockets: () => number; problems: string[] }> {
      let open = 0
      const problems: string[] = []
      page.on('websocket', (socket) => {
        open += 1
        socket.on('close', () => (open -= 1))
      })
      page.on('pageerror', (error) => problems.push(String(error)))
      page.on('console', (message) => {
        // What the browser says of any socket that was not needed any more.
        const isUsual = message.text().includes('WebSocket is closed before the connection is established')
        if (['error', 'warning'].includes(message.type()) && !isUsual) problems.push(message.text())
      })
      await page.goto(`${site.url}?root=${encodeURIComponent(root)}${more}`)
      return { sockets: () => open, problems }
    }
    const joined = async (page: Page) => {
      await expect(output(page, 'state')).toHaveText('connected')
      await expect(output(page, 'ready')).toHaveText(/^true true/)
    }

    test('has one connection, and shows the latest message of a filter that changes', async ({ page, peer, root }) => {
      const { sockets, problems } = await join(page, root)
      await joined(page)
      expect(sockets()).toBe(1)
      expect(await page.evaluate(() => (globalThis as unknown as { joins: number }).joins)).toBe(1)
      await peer.publishAsync(`${root}a/1`, 'one', { qos: 1 })
      await expect(output(page, 'latest')).toHaveText('one')
      for (let number = 0; number < 500; ++number) peer.publish(`${root}a/${number}`, String(number), { qos: 1 })
      await expect(output(page, 'latest')).toHaveText('499')
      await page.click('#switch')
      await expect(output(page, 'latest')).toHaveText('')
      await peer.publishAsync(`${root}b/2`, 'two', { qos: 1, retain: true })
      await expect(output(page, 'latest')).toHaveText('two')
      await peer.publishAsync(`${root}a/1`, 'three', { qos: 1 })
      await peer.publishAsync(`${root}b/2`, '', { qos: 1, retain: true })
      await page.click('#switch')
      await joined(page)
      await peer.publishAsync(`${root}a/only`, 'four', { qos: 1 })
      await expect(output(page, 'latest')).toHaveText('four')
      expect(problems).toEqual([])
    })

    test('hands messages to the handler of the latest render, and nothing is subscribed by false', async ({ page, peer, root }) => {
      const { problems } = await join(page, root)
      await joined(page)
      await peer.publishAsync(`${root}heard/1`, 'a', { qos: 1 })
      await expect.poll(() => heard(page)).toEqual(['1 a'])
      await page.click('#next')
      await expect(output(page, 'round')).toHaveText('2')
      await peer.publishAsync(`${root}heard/1`, 'b', { qos: 1 })
      await expect.poll(() => heard(page)).toEqual(['1 a', '2 b'])
      await page.click('#switch')
      await expect(output(page, 'ready')).toHaveText(/^true false/)
      await peer.publishAsync(`${root}a/only`, 'nobody', { qos: 1 })
      await peer.publishAsync(`${root}heard/1`, 'c', { qos: 1 })
      await expect.poll(() => heard(page)).toEqual(['1 a', '2 b', '2 c'])
      expect(problems).toEqual([])
    })

    test('shows who is there, and who has left', async ({ page, context, root }) => {
      await join(page, root)
      await joined(page)
      const other = await context.newPage()
      await join(other, root)
      await joined(other)
      await expect(page.locator('#people li')).toHaveText(['ann'])
      await other.click('#unmount')
      await expect(page.locator('#people li')).toHaveCount(0)
    })

    test('shows a request with its progress, its failure, and what is cancelled', async ({ page, peer, root }) => {
      const { problems } = await join(page, root)
      await joined(page)
      expect(peer.connected).toBe(true)
      const request = async () => JSON.parse((await output(page, 'request').textContent()) ?? '') as Record<string, unknown>
      await page.click('#ask')
      await expect.poll(request).toMatchObject({ data: 5, isPending: false, progress: 4 })
      // It is there, and answers nothing any more.
      peer.removeAllListeners('message')
      await page.click('#ask')
      await expect.poll(request).toMatchObject({ isPending: true })
      await page.click('#cancel')
      await expect.poll(request).toMatchObject({ isPending: false })
      await page.click('#ask-nobody')
      await expect.poll(request).toMatchObject({ isPending: false, data: 5, failure: 'RequestTimeoutError' })
      expect(problems).toEqual([])
    })

    test('closes its connection when it is unmounted, and has another one when it is mounted again', async ({ page, peer, root }) => {
      const { sockets, problems } = await join(page, root)
      await joined(page)
      await page.click('#ask')
      await page.click('#unmount')
      await expect.poll(sockets).toBe(0)
      await page.click('#mount')
      await joined(page)
      expect(sockets()).toBe(1)
      await peer.publishAsync(`${root}heard/1`, 'again', { qos: 1 })
      await expect.poll(() => heard(page)).toEqual(['1 again'])
      expect(problems).toEqual([])
    })

    test('unmounted before it is connected, it leaves nothing behind', async ({ page, root }) => {
      const { sockets, problems } = await join(page, root)
      await page.click('#unmount')
      await expect.poll(sockets).toBe(0)
      await page.evaluate(() => new Promise((resolve) => setTimeout(resolve)))
      expect(problems).toEqual([])
    })

    test('shows why there is no connection, and tries again when it is told to', async ({ page, root }) => {
      const { problems } = await join(page, root, '&refused=1')
      await expect(output(page, 'state')).toHaveText('closed')
      await expect(output(page, 'error')).toHaveText('nobody is let in')
      const joins = () => page.evaluate(() => (globalThis as unknown as { joins: number }).joins)
      expect(await joins()).toBe(1)
      await page.click('#retry')
      await expect.poll(joins).toBe(2)
      await expect(output(page, 'state')).toHaveText('closed')
      expect(problems).toEqual([])
    })

    if (name.startsWith('React')) {
      test('is the version that it is meant to be', async ({ page, root }) => {
        await join(page, root)
        await joined(page)
        const version = await page.evaluate(() => (globalThis as unknown as { reactVersion: string }).reactVersion)
        expect(version).toMatch(name === 'React' ? /^19\./ : /^18\./)
      })

      test('a render that is begun and not shown yet changes no handler', async ({ page, peer, root }) => {
        const { problems } = await join(page, root)
        await joined(page)
        await page.click('#transition')
        await peer.publishAsync(`${root}heard/1`, 'meanwhile', { qos: 1 })
        await expect.poll(() => heard(page)).toEqual(['1 meanwhile'])
        await page.evaluate(() => (globalThis as unknown as { finish: (text: string) => void }).finish('done'))
        await expect(output(page, 'waited')).toHaveText('done')
        await peer.publishAsync(`${root}heard/1`, 'afterwards', { qos: 1 })
        await expect.poll(() => heard(page)).toEqual(['1 meanwhile', '100 afterwards'])
        expect(problems).toEqual([])
      })
    }
  })
}
