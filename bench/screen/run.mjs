// A page that shows 1,000 values, 5,000 of which change in a second: frames per second, and tasks that are too long for
// the screen, with each library. `npm run bench:screen`, with `-- --seconds 10 --rounds 3 --rate 5000 --topics 1000
// --slowdown 1.7` for other values: the browser makes its main thread so many times slower.
import { parseArgs } from 'node:util'
import { startBroker } from '../../tests/support/broker.mjs'
import { Chromium } from '../chromium.mjs'
import { startFiles } from '../servers.mjs'
import { startFeed } from './feed.mjs'

const { values } = parseArgs({
  options: {
    seconds: { type: 'string', default: '10' },
    rounds: { type: 'string', default: '3' },
    rate: { type: 'string', default: '5000' },
    topics: { type: 'string', default: '1000' },
    slowdown: { type: 'string', default: '1.7' },
  },
})
const [seconds, rounds, rate, topics, slowdown] = [values.seconds, values.rounds, values.rate, values.topics, values.slowdown].map(Number)

/** What the page does: the library, and how its messages are taken. */
const ways = [
  { peer: 'mqttjs', way: 'message', title: 'MQTT.js, each message' },
  { peer: 'ours', way: 'message', title: 'websocket-mq, each message' },
  { peer: 'ours', way: 'frame', title: "websocket-mq, `deliver: 'frame'`" },
  { peer: 'ours', way: 'latest', title: "websocket-mq, `deliver: 'frame', conflate: true`" },
]

const broker = await startBroker()
const files = await startFiles()
const browser = await Chromium.launch()
const stopSending = await startFeed({ port: broker.tcpPort, rate, topics })
/** @type {Map<string, any[]>} */
const results = new Map(ways.map(({ title }) => [title, []]))
try {
  for (let round = 0; round < rounds; round++)
    for (const { peer, way, title } of ways) {
      const page = await browser.open(`${files.url}/bench/screen/pages/index.html?peer=${peer}&way=${way}&topics=${topics}`)
      await page.until('Boolean(globalThis.bench)')
      await page.call('bench.open', broker.url)
      await page.send('Emulation.setCPUThrottlingRate', { rate: slowdown })
      results.get(title)?.push(await page.call('bench.measure', seconds * 1000))
      await page.close()
    }
} finally {
  stopSending()
  await browser.close()
  files.close()
  await broker.close()
}

console.log(
  `\n${rate} messages a second on ${topics} topics, a main thread that is ${slowdown} times slower, ${seconds} s, the median of ${rounds} rounds:\n`,
)
console.log('| page | frames a second | longest task, ms | tasks over 50 ms | messages a second |')
console.log('|---|---:|---:|---:|---:|')
for (const [title, rows] of results) {
  const of = (/** @type {string} */ key) => rows.map((row) => row[key]).sort((a, b) => a - b)[rows.length >> 1]
  console.log(`| ${title} | ${of('frames').toFixed(1)} | ${of('longest').toFixed(0)} | ${of('longTasks')} | ${of('messages').toFixed(0)} |`)
}
