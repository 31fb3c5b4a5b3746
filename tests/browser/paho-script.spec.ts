import { startPageServer } from '../support/page-server.mjs'
import { dist, expect, pages, type Tab, test } from './support.js'

interface Facts {
  notes: [what: string, ...details: unknown[]][]
  arrived: string[]
  delivered: number
  errors: string[]
  stored: number
  sameClasses: boolean
  instance: boolean
  early: boolean
}

const facts = (tab: Tab) => tab.call<Facts>('facts')

function start(tab: Tab, address: string, id: string, options: object = {}): Promise<void> {
  const { hostname, port, pathname } = new URL(address)
  return tab.call('start', { host: hostname, port: Number(port), path: pathname, id, options })
}

async function connected(tab: Tab, id: string): Promise<void> {
  await expect.poll(() => facts(tab)).toMatchObject({ notes: [['connected']], arrived: [`${id}/in Hello`] })
}

for (const page of ['paho-script.html', 'paho-script.embedded.html'])
  for (const global of ['Paho', 'MQTT'])
    test(`a classic page works with ${page} and ${global === 'Paho' ? 'Paho' : 'Paho.MQTT'}`, async ({ open, site, topic }) => {
      const tab = await open({ path: `${page}?global=${global}` })
      await start(tab, site.webSocketUrl, topic)
      await connected(tab, topic)
      expect(await facts(tab)).toMatchObject({ sameClasses: true, instance: true, early: false })
      await tab.call('disconnect')
      expect((await facts(tab)).notes.at(-1)).toEqual(['lost', 0, 'AMQJSC0000I OK.'])
    })

// What the broker has not confirmed when the page goes is sent again by the next one, with the same client identifier.
for (const mqttVersion of [4, 5])
  for (const qos of [1, 2] as const)
    test(`a reload in the middle of QoS ${qos} traffic loses nothing, version ${mqttVersion}`, async ({ open, chaos, site, topic }) => {
      const half = 200
      const receiver = await open({ broker: site.webSocketUrl })
      await receiver.connect()
      await receiver.subscribeNumbers(`${topic}/numbers`, { qos: 2 })
      const options = {
        cleanSession: false,
        mqttVersion,
        ...(mqttVersion === 5 ? { properties: { sessionExpiryInterval: 600 } } : {}),
      }

      const sender = await open({ path: 'paho-script.html' })
      await start(sender, chaos.url, topic, options)
      await connected(sender, topic)
      await sender.call('sendNumbers', `${topic}/numbers`, 0, half, qos)
      await expect.poll(async () => (await facts(sender)).delivered).toBeGreaterThan(half)
      chaos.stall()
      await sender.call('sendNumbers', `${topic}/numbers`, half, 2 * half, qos)
      await sender.page.reload()
      await sender.page.waitForFunction(() => 'client' in globalThis)
      expect((await facts(sender)).stored).toBeGreaterThanOrEqual(1)
      chaos.cut()
      chaos.resume()

      await start(sender, chaos.url, topic, options)
      await connected(sender, topic)
      await expect.poll(async () => (await receiver.facts()).numbers.distinct).toBe(2 * half)
      await expect.poll(async () => (await facts(sender)).stored).toBe(0)
      const { numbers } = await receiver.facts()
      if (qos === 2) expect(numbers.total).toBe(2 * half)
    })

for (const options of [
  { mqttVersion: 4 },
  { mqttVersion: 5, properties: { sessionExpiryInterval: 600 } },
  { mqttVersion: 4, strict: true },
])
  test(`messages that were accepted without a connection survive a reload: ${JSON.stringify(options)}`, async ({
    open,
    chaos,
    site,
    topic,
  }) => {
    const receiver = await open({ broker: site.webSocketUrl })
    await receiver.connect()
    await receiver.subscribe(`${topic}/numbers`, { qos: 1 })
    const lasting = { ...options, cleanSession: false, reconnect: true }
    const sender = await open({ path: 'paho-script.html' })
    await start(sender, chaos.url, topic, lasting)
    await connected(sender, topic)
    chaos.refusing = true
    chaos.cut()
    await expect.poll(async () => (await facts(sender)).notes.at(-1)?.[0]).toBe('lost')
    await sender.call('sendNumbers', `${topic}/numbers`, 0, 20, 1)
    await expect.poll(async () => (await facts(sender)).stored).toBe(20)
    await sender.page.reload()
    await sender.page.waitForFunction(() => 'client' in globalThis)
    chaos.refusing = false
    await start(sender, chaos.url, topic, lasting)
    await receiver.receives(
      Array.from({ length: 20 }, (_, number) => ({ topic: `${topic}/numbers`, text: String(number), qos: 1, retain: false })),
    )
    await expect.poll(async () => (await facts(sender)).stored).toBe(0)
  })

test('without onError, storage that is full is a warning, once', async ({ open, chaos, topic }) => {
  const tab = await open({ path: 'paho-script.html?silent' })
  await tab.page.evaluate(() => {
    Storage.prototype.setItem = () => {
      throw new DOMException('It is full.', 'QuotaExceededError')
    }
  })
  await start(tab, chaos.url, topic)
  await connected(tab, topic)
  await tab.call('trace')
  chaos.stall()
  await tab.call('sendNumbers', topic, 0, 10, 1)
  await expect.poll(() => tab.console.filter((line) => line.includes('It is full'))).toEqual([expect.stringMatching(/^warning: .*reload/)])
  await expect.poll(async () => (await tab.call<string[]>('trace')).filter((line) => line.includes('It is full')).length).toBe(1)
  chaos.resume()
  await expect.poll(async () => (await facts(tab)).delivered).toBe(1 + 10)
})

test('storage that is full breaks nothing, and is told once', async ({ open, chaos, topic }) => {
  const tab = await open({ path: 'paho-script.html' })
  await tab.page.evaluate(() => {
    Storage.prototype.setItem = () => {
      throw new DOMException('It is full.', 'QuotaExceededError')
    }
  })
  await start(tab, chaos.url, topic)
  await connected(tab, topic)
  chaos.stall()
  for (const from of [0, 10]) {
    await tab.call('sendNumbers', topic, from, from + 10, 1)
    await expect.poll(async () => (await facts(tab)).errors).toEqual(['It is full.'])
  }
  chaos.resume()
  await expect.poll(async () => (await facts(tab)).delivered).toBe(1 + 20)
  expect((await facts(tab)).errors).toEqual(['It is full.'])
})

test('a sandboxed page, to which storage is denied, sends and receives, and is told once', async ({ open, chaos, closing, topic }) => {
  const sandbox = 'sandbox allow-scripts'
  const server = await closing(startPageServer({ roots: { '/': pages, '/dist/': dist }, contentSecurityPolicy: sandbox }))
  const tab = await open({ site: server.url, path: 'paho-script.embedded.html' })
  expect(await tab.page.evaluate(() => origin)).toBe('null')
  await start(tab, chaos.url, topic)
  await connected(tab, topic)
  chaos.stall()
  for (const from of [0, 10]) {
    await tab.call('sendNumbers', topic, from, from + 10, 1)
    await expect.poll(async () => (await facts(tab)).errors).toEqual([expect.stringContaining('localStorage')])
  }
  chaos.resume()
  await expect.poll(async () => (await facts(tab)).delivered).toBe(1 + 20)
  expect((await facts(tab)).errors.length).toBe(1)
})

for (const form of ['importScripts', 'import'])
  test(`a worker has both globals by ${form}`, async ({ open, site, topic }) => {
    const { page } = await open({ path: 'paho-script.html' })
    const said = await page.evaluate(
      (given) =>
        new Promise((resolve, reject) => {
          const worker = new Worker('paho-worker.js')
          worker.onmessage = ({ data }) => resolve(data)
          worker.onerror = ({ message }) => reject(new Error(message))
          worker.postMessage(given)
        }),
      { form, url: site.webSocketUrl, topic },
    )
    expect(said).toBe('arrived Hello')
  })
