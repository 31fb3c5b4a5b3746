// The demo page itself, at rest and with 5,000 messages a second: frames a second, tasks over 50 ms, busy time, in each of
// its views. `npm run bench:demo`, with `-- --seconds 10 --rate 5000 --topics 1000 --slowdown 1` for other values.
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { startBroker } from '../../tests/support/broker.mjs'
import { demoContentSecurityPolicy, startPageServer } from '../../tests/support/page-server.mjs'
import { Chromium } from '../chromium.mjs'
import { startFeed } from './feed.mjs'

/** The processor time of the main thread's tasks: on a machine that does other things, too, their duration is no measure. */
class TaskTrace {
  /** @type {{ name: string, tid: number, pid: number, tdur?: number, args?: { name?: string } }[]} */
  #events = []
  #complete = () => {}
  events = {
    'Tracing.dataCollected': (/** @type {{ value: any[] }} */ { value }) => void this.#events.push(...value),
    'Tracing.tracingComplete': () => this.#complete(),
  }

  /** @param {{ send: (method: string, parameters?: object) => Promise<any> }} page */
  async start(page) {
    await page.send('Tracing.start', { transferMode: 'ReportEvents', categories: '-*,disabled-by-default-devtools.timeline,toplevel' })
  }

  /** Milliseconds. @param {{ send: (method: string) => Promise<any> }} page */
  async longest(page) {
    const complete = new Promise((resolve) => (this.#complete = () => resolve(undefined)))
    await page.send('Tracing.end')
    await complete
    const mains = this.#events.filter(({ name, args }) => name === 'thread_name' && args?.name === 'CrRendererMain')
    const isMain = (/** @type {{ pid: number, tid: number }} */ { pid, tid }) => mains.some((main) => main.pid === pid && main.tid === tid)
    const times = this.#events.filter((event) => event.name.endsWith('RunTask') && isMain(event)).map(({ tdur = 0 }) => tdur / 1000)
    return times.reduce((longest, time) => Math.max(longest, time), 0)
  }
}

const { values } = parseArgs({
  options: {
    seconds: { type: 'string', default: '10' },
    rate: { type: 'string', default: '5000' },
    topics: { type: 'string', default: '1000' },
    slowdown: { type: 'string', default: '1' },
  },
})
const [seconds, rate, topics, slowdown] = [values.seconds, values.rate, values.topics, values.slowdown].map(Number)
const path = (/** @type {string} */ relative) => fileURLToPath(new URL(relative, import.meta.url))
const roots = { '/': path('../../demo/page/'), '/bench/': path('../') }

const broker = await startBroker()
const server = await startPageServer({ roots, brokerPort: broker.webSocketPort, contentSecurityPolicy: demoContentSecurityPolicy })
const browser = await Chromium.launch()
console.log(`\n${rate} messages a second on ${topics} topics, ${seconds} s, a main thread that is ${slowdown} times slower:\n`)
console.log(
  '| view | feed | frames a second | longest task, ms | of it computing, ms | tasks over 50 ms | busy | messages a second | elements |',
)
console.log('|---|---|---:|---:|---:|---:|---:|---:|---:|')
try {
  for (const view of ['messages', 'topics', 'packets'])
    for (const isFed of [false, true]) {
      const tasks = new TaskTrace()
      const page = await browser.open(`${server.url}#view=${view}`, tasks.events)
      await page.send('Emulation.setDeviceMetricsOverride', { width: 1280, height: 800, deviceScaleFactor: 1, mobile: false })
      await page.until(
        "document.querySelectorAll('.subscription-list .detail').length === 2 && !document.querySelector('.subscriptions')?.textContent.includes('waiting')",
      )
      await page.until("document.querySelector('#status')?.dataset.state === 'connected'")
      await page.send('Emulation.setCPUThrottlingRate', { rate: slowdown })
      const stop = isFed ? await startFeed({ port: broker.tcpPort, rate, topics, prefix: 'lab' }) : () => {}
      const before = await busy(page)
      const start = performance.now()
      await tasks.start(page)
      const counted =
        "[...document.querySelectorAll('.subscription-list .count')].reduce((sum, { textContent }) => sum + Number(textContent.replace(/\\D/g, '')), 0)"
      const row = await page.evaluate(
        `import('/bench/screen/pages/measure.js').then(({ measure }) => measure(${seconds * 1000}, () => ${counted}))`,
      )
      const part = ((await busy(page)) - before) / ((performance.now() - start) / 1000)
      const longest = await tasks.longest(page)
      const elements = await page.evaluate("document.querySelectorAll('*').length")
      stop()
      if (page.errors.length > 0) console.error(page.errors.join('\n'))
      await page.close()
      console.log(
        `| ${view} | ${isFed ? 'on' : 'at rest'} | ${row.frames.toFixed(1)} | ${row.longest.toFixed(0)} | ${longest.toFixed(0)} | ${row.longTasks} | ${(part * 100).toFixed(0)} % | ${row.messages.toFixed(0)} | ${elements} |`,
      )
    }
} finally {
  await browser.close()
  await server.close()
  await broker.close()
}

/** Seconds for which the page's main thread has worked. @param {{ send: (method: string) => Promise<any> }} page */
async function busy(page) {
  const { metrics } = await page.send('Performance.getMetrics')
  return metrics.find((/** @type {{ name: string }} */ { name }) => name === 'ThreadTime').value
}
