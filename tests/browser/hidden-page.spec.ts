// A page that is really hidden, with Chromium's intensive throttling: its timers fire once a minute. Playwright keeps its
// own pages visible, so that these are tabs of another Chromium.
//
// MINUTES=10 npx playwright test tests/browser/hidden-page.spec.ts tries the default settings of Chromium and of the
// package for that long, beside MQTT.js, and prints what came of it.
import { readFile } from 'node:fs/promises'
import { startChromium } from '../support/chromium-by-devtools.mjs'
import { startPageServer } from '../support/page-server.mjs'
import { dist, expect, pages, test } from './support.js'

const minutes = Number(process.env['MINUTES'] ?? 0)
/** Chromium throttles after five minutes by default. */
const soon = ['--enable-features=IntensiveWakeUpThrottling:grace_period_seconds/10']

/** The longest that a second takes, by timers that set each other: the page's own, and those of our module. */
const measureTimers = `(async () => {
  const { default: createModule } = await import('/dist/wsmq.mjs')
  const module = await createModule({ locateFile: (file) => '/dist/' + file, startTimerWorker: () => new Worker('/dist/timer.js') })
  // Timers are looked after while there is a client.
  new module.Client('ws://broker.test', 'me')
  const measure = (setTimer) => {
    const measured = { longest: 0, last: performance.now() }
    const tick = () => {
      const now = performance.now()
      measured.longest = Math.max(measured.longest, now - measured.last)
      measured.last = now
      setTimer(tick, 1000)
    }
    setTimer(tick, 1000)
    return measured
  }
  Object.assign(globalThis, { plain: measure((act, delay) => setTimeout(act, delay)), ours: measure(module.setTimer) })
})()`

const states = `client.states.map(({ state }) => state)`

test.describe('a hidden page', () => {
  test.skip(minutes > 0)

  test('keeps its connection although its timers are throttled', async ({ closing, site }) => {
    test.setTimeout(180_000)
    const chromium = await closing(startChromium({ args: soon }))
    const tab = await chromium.open(`${site.url}client.html`)
    await tab.until(`'client' in globalThis`)
    await tab.evaluate(`client.connect(${JSON.stringify(site.webSocketUrl)}, { keepAlive: 5, reconnect: { minDelay: 0, maxDelay: 100 } })`)
    await tab.evaluate(measureTimers)
    const cover = await chromium.open(`${site.url}icon.svg`)
    await cover.show()
    await tab.until(`document.visibilityState === 'hidden'`)
    // Timers are throttled; twelve keep alives have passed meanwhile, and the broker waits for one and a half.
    await tab.until(`plain.longest > 50_000`, 150_000)
    expect(await tab.evaluate('ours.longest')).toBeLessThan((await tab.evaluate('plain.longest')) / 2)
    expect(await tab.evaluate(states)).toEqual(['connecting', 'connected'])
    expect(await tab.evaluate('client.mq.state')).toBe('connected')
    await tab.show()
    await tab.until(`document.visibilityState === 'visible'`)
    expect(tab.said).toEqual([])
  })

  for (const [what, policy, url] of [
    ['its file is missing', '', '/nowhere/timer.js'],
    ['its policy forbids workers', "worker-src 'none'", undefined],
    ['its file is on another origin', '', 'https://example.org/timer.js'],
  ] as const)
    test(`without the worker, as ${what}, goes on and says so once`, async ({ closing, broker }) => {
      const server = await closing(
        startPageServer({ roots: { '/': pages, '/dist/': dist }, brokerPort: broker.webSocketPort, contentSecurityPolicy: policy }),
      )
      const chromium = await closing(startChromium())
      const tab = await chromium.open(`${server.url}icon.svg`)
      await tab.evaluate(`(async () => {
        const { connect, load } = await import('/dist/index.js')
        await load(${JSON.stringify(url === undefined ? {} : { timerUrl: url })})
        globalThis.warnings = []
        globalThis.mq = await connect('/ws_mqtt', { log: { warn: (text) => warnings.push(text) } })
      })()`)
      const cover = await chromium.open(`${server.url}icon.svg`)
      await cover.show()
      await tab.until(`warnings.length > 0`)
      await tab.show()
      await cover.show()
      await tab.evaluate(`new Promise((resolve) => setTimeout(resolve, 7000))`)
      expect(await tab.evaluate('warnings')).toEqual([expect.stringMatching(/timer\.js.*load\(\{ timerUrl \}\)/)])
      expect(await tab.evaluate('mq.state')).toBe('connected')
      expect(tab.said.filter((line) => line.startsWith('uncaught'))).toEqual([])
      await tab.evaluate('mq.disconnect()')
    })

  test('has a worker only while it is hidden and connected', async ({ closing, site }) => {
    const chromium = await closing(startChromium())
    const tab = await chromium.open(`${site.url}client.html`)
    await tab.until(`'client' in globalThis`)
    await tab.evaluate(`(() => {
      const { Worker: Real } = globalThis
      globalThis.workers = { started: 0, ended: 0 }
      globalThis.Worker = class extends Real {
        constructor(...given) { super(...given); workers.started++ }
        terminate() { workers.ended++; super.terminate() }
      }
    })()`)
    await tab.evaluate(`client.connect(${JSON.stringify(site.webSocketUrl)})`)
    const cover = await chromium.open(`${site.url}icon.svg`)
    expect(await tab.evaluate('workers')).toEqual({ started: 0, ended: 0 })
    await cover.show()
    await tab.until(`workers.started === 1`)
    await tab.show()
    await tab.until(`workers.ended === 1`)
    await cover.show()
    await tab.until(`workers.started === 2`)
    await tab.evaluate(`client.disconnect()`)
    await tab.until(`workers.ended === 2`)
  })
})

test('a page that is hidden for minutes, with all defaults', async ({ closing, broker }) => {
  test.skip(minutes === 0, 'MINUTES is not set')
  test.setTimeout((minutes + 2) * 60_000)
  const server = await closing(
    startPageServer({ roots: { '/': pages, '/dist/': dist }, brokerPort: broker.webSocketPort, contentSecurityPolicy: '' }),
  )
  const chromium = await closing(startChromium())
  const tab = await chromium.open(`${server.url}client.html`)
  await tab.until(`'client' in globalThis`)
  await tab.evaluate(await readFile(new URL('../../node_modules/mqtt/dist/mqtt.min.js', import.meta.url), 'utf8'))
  await tab.evaluate(`client.connect(location.origin.replace('http', 'ws') + '/ws_mqtt')`)
  await tab.evaluate(`(() => {
    globalThis.other = { connects: 0, closes: 0 }
    const peer = mqtt.connect(location.origin.replace('http', 'ws') + '/ws_mqtt')
    peer.on('connect', () => other.connects++)
    peer.on('close', () => other.closes++)
  })()`)
  await tab.until('other.connects === 1')
  await tab.evaluate(measureTimers)
  const cover = await chromium.open(`${server.url}icon.svg`)
  await cover.show()
  await tab.until(`document.visibilityState === 'hidden'`)
  await new Promise((resolve) => setTimeout(resolve, minutes * 60_000))
  const result = {
    longestSecond: await tab.evaluate('({ plain: Math.round(plain.longest), ours: Math.round(ours.longest) })'),
    states: await tab.evaluate(states),
    mqttjs: await tab.evaluate('other'),
  }
  console.log(`After ${minutes} minutes: ${JSON.stringify(result)}`)
  expect(result.states).toEqual(['connecting', 'connected'])
  if (minutes > 7) expect(result.longestSecond.plain).toBeGreaterThan(50_000)
})
