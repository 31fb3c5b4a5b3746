// What deliver: 'frame' does in a page that is really hidden, and once it is seen again: tabs of another Chromium, as
// Playwright keeps its own pages visible.
import { connect } from '../../dist/index.js'
import { startChromium } from '../support/chromium-by-devtools.mjs'
import { expect, test } from './support.js'

const COUNT = 100

test('whenHidden decides what a hidden page receives', async ({ closing, site, broker, topic }) => {
  test.slow()
  const chromium = await closing(startChromium())
  const tab = await chromium.open(`${site.url}client.html`)
  await tab.evaluate(`(async () => {
    const { connect } = await import('/dist/index.js')
    const mq = await connect(${JSON.stringify(site.webSocketUrl)})
    globalThis.received = { deliver: [], pause: [], latest: [] }
    for (const [whenHidden, texts] of Object.entries(received))
      await mq.subscribe(${JSON.stringify(`${topic}/#`)}, { qos: 1, deliver: 'frame', whenHidden }, (batch) => {
        for (const message of batch) texts.push(message.text())
      }).ready
  })()`)
  const cover = await chromium.open(`${site.url}icon.svg`)
  await cover.show()
  await tab.until(`document.visibilityState === 'hidden'`)

  const mq = await connect(broker.url)
  const numbers = Array.from({ length: COUNT }, (_, index) => String(index))
  for (const number of numbers) void mq.publish(`${topic}/${Number(number) % 2}`, number, { qos: 1 })
  await mq.disconnect()
  await tab.until(`received.deliver.length === ${COUNT}`)
  expect(await tab.evaluate('received')).toEqual({ deliver: numbers, pause: [], latest: [] })

  await tab.show()
  await tab.until(`document.visibilityState === 'visible' && received.latest.length > 0 && received.pause.length === ${COUNT}`)
  expect(await tab.evaluate('received')).toEqual({ deliver: numbers, pause: numbers, latest: numbers.slice(-2) })
  expect(tab.said).toEqual([])
})
