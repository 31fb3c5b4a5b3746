// npm run screenshots: docs/images/demo-{desktop,phone}-{light,dark}.png, of the demo with people, services and devices.
import { mkdir } from 'node:fs/promises'
import { chromium } from '@playwright/test'
import { connectAsync } from 'mqtt'
import { launchOptions } from '../tests/support/chromium.mjs'
import { startDemo } from './lib/demo.mjs'
import { root } from './lib/root.mjs'
import { runMain } from './lib/run.mjs'
import { ServerProcess } from '../tests/support/server-process.mjs'

const SIZES = { desktop: { width: 1280, height: 800 }, phone: { width: 390, height: 844 } }
let step = 0
const out = process.argv[2] ?? `${root}docs/images`

await runMain(async () => {
  await mkdir(out, { recursive: true })
  const demo = await startDemo()
  const browser = await chromium.launch(launchOptions)
  const devices = new ServerProcess(process.execPath, ['demo/devices/simulate.mjs'], { WSMQ_URL: demo.brokerUrl, WSMQ_PERIOD: '500' }, root)
  const service = new ServerProcess(
    process.execPath,
    ['service.js'],
    { WSMQ_URL: demo.brokerUrl, WSMQ_SERVICE: 'demo-javascript' },
    `${root}demo/backends/javascript`,
  )
  const lab = await connectAsync(demo.brokerUrl)
  const feed = setInterval(() => publishLab(lab), 150)
  try {
    await Promise.all([devices.start([]), service.start([])])
    await fill(lab)
    for (const colorScheme of /** @type {const} */ (['light', 'dark']))
      for (const [name, viewport] of Object.entries(SIZES)) {
        const context = await browser.newContext({ viewport, colorScheme, deviceScaleFactor: name === 'phone' ? 1.5 : 1 })
        const page = await context.newPage()
        await page.addInitScript("sessionStorage.setItem('websocket-mq demo user', '\"ann\"')")
        await page.goto(demo.url)
        await page.getByText('Connected', { exact: true }).waitFor()
        await page.locator('#latency').waitFor()
        if (name === 'desktop') await openTopic(page)
        // The charts have something to show then.
        await page.waitForTimeout(15_000)
        await shoot(page, name, colorScheme)
        await context.close()
      }
  } finally {
    clearInterval(feed)
    await lab.endAsync()
    await browser.close()
    await Promise.all([devices.stop(), service.stop()])
    await demo.close()
  }
})

/** @param {import('@playwright/test').Page} page @param {string} name @param {string} scheme */
async function shoot(page, name, scheme) {
  await page.screenshot({ path: `${out}/demo-${name}-${scheme}.png` })
  if (process.env['VIEWS'] === undefined) return
  for (const view of process.env['VIEWS'].split(',')) {
    if (view === 'publish' && name === 'desktop') continue
    if (view === 'connection') await page.getByRole('button', { name: 'Connection settings' }).click()
    else await page.locator(`[data-tab=${view}]`).click()
    await page.waitForTimeout(700)
    await page.screenshot({ path: `${out}/demo-${name}-${scheme}-${view}.png` })
  }
}

/** @param {import('@playwright/test').Page} page */
async function openTopic(page) {
  await page.locator('[data-tab=topics]').click()
  await page.getByRole('treeitem', { name: /^kitchen/ }).click()
  await page.getByRole('treeitem', { name: /^climate/ }).click()
}

/** Others who take part, by their records. @param {import('mqtt').MqttClient} broker */
async function fill(broker) {
  const retained = /** @type {const} */ ({ qos: 1, retain: true })
  const people = ['bob:k3x9', 'carla:7qpd', 'dora:m2fa', 'emil:90ud', 'fritz:c4ye', 'gina:zz81']
  const services = { billing: ['invoice', 'refund'], orders: ['create', 'watch', 'cancel'], search: ['find'] }
  for (const [index, name] of people.entries()) {
    const uid = `acme:${name}`
    const record = { online: true, uid, since: Date.now() - index ** 3 * 90_000, state: { rooms: ['lobby'] } }
    await broker.publishAsync(`app/webapp/status/${uid}`, JSON.stringify(record), retained)
  }
  for (const [service, methods] of Object.entries(services))
    await broker.publishAsync(
      `app/webapp/svc/${service}/eu-1`,
      JSON.stringify({ online: true, service, instance: 'eu-1', methods }),
      retained,
    )
}

/** @param {import('mqtt').MqttClient} lab */
function publishLab(lab) {
  step++
  const wave = (/** @type {number} */ period, /** @type {number} */ from, /** @type {number} */ to) =>
    Number((from + ((to - from) * (1 + Math.sin(step / period))) / 2).toFixed(1))
  const rooms = ['kitchen', 'workshop', 'greenhouse']
  const room = rooms[step % rooms.length]
  const values = [
    ['climate', { temperature: wave(9, 19, 24), humidity: wave(14, 38, 55), door: step % 20 < 3 ? 'open' : 'closed' }],
    ['power', { watts: wave(5, 110, 480), on: step % 7 > 2 }],
  ]
  const [what, value] = values[step % 2] ?? []
  void lab.publishAsync(`lab/${room}/${what}`, JSON.stringify(value), { qos: 1, retain: what === 'climate' })
}
