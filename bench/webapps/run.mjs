// Many webapps in one Node process: how long until all have joined and know each other, and what that costs. `npm run
// bench:webapps`, with `-- --webapps 1000 --watch none` for other values; `--at-once 50` lets so many join at a time, and not
// 500; `--nginx` puts nginx between, and `--url ws://...` is another broker than the Mosquitto that it starts.
import { setMaxListeners } from 'node:events'
import { readFile } from 'node:fs/promises'
import { parseArgs } from 'node:util'
import { Webapp } from 'websocket-mq/webapp'
import { startBroker } from '../../tests/support/broker.mjs'
import { quantile } from '../statistics.mjs'
import { startProxy } from './proxy.mjs'

const { values } = parseArgs({
  options: {
    webapps: { type: 'string', default: '300' },
    watch: { type: 'string', default: 'all' },
    'at-once': { type: 'string', default: '500' },
    nginx: { type: 'boolean', default: false },
    url: { type: 'string' },
  },
})
const count = Number(values.webapps)
const atOnce = Number(values['at-once'])
/** Milliseconds that they have to get to know each other. */
const patience = 300_000

const broker = values.url === undefined ? await startBroker() : undefined
const direct = values.url ?? broker?.url ?? ''
const proxy = values.nginx ? await startProxy(direct) : undefined
const brokerBefore = await processorTime(broker?.pid)
const ownBefore = process.cpuUsage()
const begin = performance.now()
const seconds = () => (performance.now() - begin) / 1000

/** How long each took until others could reach it. @type {number[]} */
const joined = []
/** @type {Map<string, number>} */
const failures = new Map()
/** @type {Webapp[]} */
const apps = []

let next = 0
async function joinInTurn() {
  while (next < count) {
    const number = next++
    const start = performance.now()
    try {
      const app = await Webapp.join(proxy?.url ?? direct, { org: 'bench', user: `w${number}`, watch: values.watch === 'all' })
      joined.push(performance.now() - start)
      apps.push(app)
    } catch (error) {
      const code = /** @type {{ code?: string }} */ (error).code ?? String(error)
      failures.set(code, (failures.get(code) ?? 0) + 1)
    }
  }
}

/** Until each knows all others. */
async function acquainted() {
  const signal = AbortSignal.timeout(patience)
  setMaxListeners(0, signal)
  const known = apps.map(({ presence }) => presence.until(({ size }) => size >= apps.length - 1, { signal }))
  const outcomes = await Promise.allSettled(known)
  const missing = outcomes.filter(({ status }) => status === 'rejected').length
  return missing === 0 ? `all after ${seconds().toFixed(1)} s` : `${missing} did not know all after ${seconds().toFixed(1)} s`
}

try {
  await Promise.all(Array.from({ length: atOnce }, joinInTurn))
  const allJoined = seconds()
  const knowledge = values.watch === 'all' ? await acquainted() : '-'
  const own = process.cpuUsage(ownBefore)
  const lines = [
    ['joined', `${joined.length} of ${count}, ${allJoined.toFixed(1)} s until the last one`],
    ['each took', joined.length === 0 ? '-' : `p50 ${quantile(joined, 0.5).toFixed(0)} ms, p95 ${quantile(joined, 0.95).toFixed(0)} ms`],
    ['known', knowledge],
    [
      'processor',
      `${((own.user + own.system) / 1e6).toFixed(2)} s, of the broker ${((await processorTime(broker?.pid)) - brokerBefore).toFixed(2)} s`,
    ],
    ['memory', `${(process.memoryUsage().rss / 2 ** 20).toFixed(0)} MB`],
    ...[...failures].map(([code, times]) => ['failed', `${times} with ${code}`]),
  ]
  for (const [name, text] of lines) console.log(`${name.padEnd(10)} ${text}`)
} finally {
  await Promise.allSettled(apps.map((app) => app.leave()))
  await proxy?.close()
  await broker?.close()
}

/** Seconds of a process so far (Linux, proc(5)); 0 where there is none. @param {number | undefined} pid */
async function processorTime(pid) {
  if (pid === undefined) return 0
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '')
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  return (Number(fields[11] ?? 0) + Number(fields[12] ?? 0)) / 100
}
