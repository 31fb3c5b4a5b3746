// Tabs that are frozen, thrown into the back/forward cache, cut off and put to sleep: a Chromium of its own, as Playwright
// keeps its pages awake.
import { startChromium, type ChromiumTab } from '../support/chromium-by-devtools.mjs'
import { expect, test } from './support.js'

const hour = 3_600_000
/** Nothing but an event of the page finds a dead connection, or ends a delay. */
const patient = { keepAlive: 0, reconnect: { minDelay: hour, maxDelay: hour } }
/** Of the connections that were lost. */
const losses = `client.states.filter(({ retryIn }) => retryIn !== undefined).map(({ error }) => error.code)`

async function connect(tab: ChromiumTab, url: string, options: object = patient): Promise<void> {
  await tab.until(`'client' in globalThis`)
  const answer: { clientId?: string } = await tab.evaluate(`client.connect(${JSON.stringify(url)}, ${JSON.stringify(options)})`)
  expect(answer.clientId).toBeTruthy()
}

/** One that died without a word is found by a probe, whose answer is awaited for 5 s. */
async function findsItDead(tab: ChromiumTab): Promise<void> {
  await tab.until(`${losses}.length > 0`, 15_000)
  expect((await tab.evaluate(losses))[0]).toBe('keep_alive_timed_out')
}

test('a frozen page has its connection when it resumes', async ({ closing, site, chaos }) => {
  const chromium = await closing(startChromium())
  const tab = await chromium.open(`${site.url}client.html`)
  await connect(tab, chaos.url)
  const cover = await chromium.open(`${site.url}icon.svg`)
  await cover.show()
  await tab.evaluate(`document.addEventListener('resume', () => (globalThis.resumed = true))`)
  await tab.send('Page.setWebLifecycleState', { state: 'frozen' })
  // Chromium closes the sockets of a frozen page; others leave them to die.
  chaos.cut()
  await tab.send('Page.setWebLifecycleState', { state: 'active' })
  await tab.until('globalThis.resumed')
  await tab.until(`${losses}.length > 0 && client.mq.state === 'connected'`)
})

test('a page that is shown again does not sit out its delay', async ({ closing, site, chaos }) => {
  const chromium = await closing(startChromium())
  const tab = await chromium.open(`${site.url}client.html`)
  await connect(tab, chaos.url)
  const cover = await chromium.open(`${site.url}icon.svg`)
  await cover.show()
  await tab.until(`document.visibilityState === 'hidden'`)
  chaos.cut()
  await tab.until(`client.mq.state === 'reconnecting'`)
  await tab.show()
  await tab.until(`client.mq.state === 'connected'`)
})

test('a page that is shown again finds a connection that has died', async ({ closing, site, chaos }) => {
  const chromium = await closing(startChromium())
  const tab = await chromium.open(`${site.url}client.html`)
  await connect(tab, chaos.url)
  const cover = await chromium.open(`${site.url}icon.svg`)
  await cover.show()
  await tab.until(`document.visibilityState === 'hidden'`)
  chaos.stall()
  await tab.show()
  await findsItDead(tab)
})

test('a page that comes back through history has its connection', async ({ closing, site, chaos }) => {
  const chromium = await closing(startChromium())
  const tab = await chromium.open(`${site.url}client.html`)
  await connect(tab, chaos.url)
  await tab.evaluate(`addEventListener('pageshow', ({ persisted }) => (globalThis.persisted = persisted))`)
  await tab.goto(`${site.url}icon.svg`)
  await tab.evaluate(`history.back()`)
  await tab.until(`location.pathname.endsWith('client.html') && document.readyState === 'complete' && 'client' in globalThis`)
  // A Chromium that does not keep pages with sockets loads it anew.
  if (await tab.evaluate('globalThis.persisted === true')) await tab.until(`${losses}.length > 0 && client.mq.state === 'connected'`)
  else expect(await tab.evaluate('client.mq')).toBeUndefined()
})

test('a page that goes offline finds out, and comes back when it is online', async ({ closing, site, chaos }) => {
  const chromium = await closing(startChromium())
  const tab = await chromium.open(`${site.url}client.html`)
  await connect(tab, chaos.url)
  const network = { latency: 0, downloadThroughput: -1, uploadThroughput: -1 }
  await tab.send('Network.emulateNetworkConditions', { ...network, offline: true })
  await findsItDead(tab)
  await tab.until(`client.mq.state === 'reconnecting'`)
  await tab.send('Network.emulateNetworkConditions', { ...network, offline: false })
  await tab.until(`client.mq.state === 'connected'`)
})

test('a change of the network is looked into', async ({ closing, site, chaos }) => {
  const chromium = await closing(startChromium())
  const tab = await chromium.open(`${site.url}client.html`)
  await connect(tab, chaos.url)
  const network = { offline: false, latency: 0, downloadThroughput: -1, uploadThroughput: -1 }
  await tab.send('Network.emulateNetworkConditions', { ...network, connectionType: 'wifi' })
  chaos.stall()
  await tab.send('Network.emulateNetworkConditions', { ...network, latency: 300, connectionType: 'cellular3g' })
  await findsItDead(tab)
})

test('a browser that slept while the broker gave it up comes back at once', async ({ closing, site }) => {
  const chromium = await closing(startChromium())
  const tab = await chromium.open(`${site.url}client.html`)
  await connect(tab, site.webSocketUrl, { keepAlive: 1, reconnect: { minDelay: 0, maxDelay: 100 } })
  await chromium.sleep(5_000)
  await tab.until(`${losses}.length > 0 && client.mq.state === 'connected'`)
  expect(await tab.evaluate('client.errors')).toEqual([])
})
