// Measures websocket-mq beside its peers, in one run and in one browser. See `usage` in options.mjs.
import { existsSync } from 'node:fs'
import { Chromium } from './chromium.mjs'
import { measureMemory } from './measure/memory.mjs'
import { measureNavigation, measureShipped } from './measure/navigation.mjs'
import { measureTraffic } from './measure/traffic.mjs'
import { buildPreset } from '../scripts/lib/cmake.mjs'
import { readOptions, usage } from './options.mjs'
import { conditions, writeReport } from './report.mjs'
import { facePeers, faceRows, navigationBudgets, requestPeers, requestRows, shippedBudgets, trafficRows } from './rows.mjs'
import { startFiles, startMosquitto, startService, startSink } from './servers.mjs'
import { comparison, memory, sizes, spreads } from './table.mjs'

const options = readOptions(process.argv.slice(2))
// The programs that it has started end with it.
for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => process.exit(1))
if (options.help) console.log(usage)
else if (options.list)
  console.log([...[...trafficRows, ...faceRows, ...requestRows].map((row) => row.id), 'navigation', 'memory', 'shipped'].join('\n'))
else await main()

async function main() {
  if (options.peers.includes('ours') && !existsSync(new URL('../dist/index.js', import.meta.url))) {
    console.error('There is no dist/ to measure. Run: npm run build')
    process.exitCode = 1
    return
  }
  const wants = (rows) => rows.some((row) => options.wants(row.id))
  // The service is C++; the bench of the native client builds it as well.
  if (wants(requestRows) && !options.quick) await buildPreset('release', { targets: ['bench_service'] })
  const files = await startFiles()
  const sink = await startSink()
  const behindMosquitto = [...trafficRows.filter((row) => row.against === 'mosquitto'), ...requestRows]
  const mosquitto = wants(behindMosquitto) ? await startMosquitto() : null
  const browser = await Chromium.launch()
  const at = (server) => ({ browser, files: files.url, target: server.url })
  try {
    const parts = {
      // They are those of the whole page.
      ...(options.only.length === 0 && {
        conditions: conditions(`headless Chromium ${browser.version}, Node ${process.versions.node}`, options.rounds),
      }),
      ...(await traffic(at(sink), mosquitto && at(mosquitto))),
      ...(await face(at(sink))),
      ...(mosquitto && (await requests(at(mosquitto), mosquitto))),
      ...(await shipped(at(sink))),
      ...(await memories(at(sink))),
    }
    if (options.write) await writeReport(parts)
  } finally {
    await browser.close()
    await mosquitto?.close()
    sink.close()
    files.close()
  }
}

/** Each row's rounds go through the libraries in turn, so that what else the machine does hits all of them. */
async function traffic(sink, mosquitto) {
  const results = []
  for (const row of trafficRows.filter(({ id }) => options.wants(id))) {
    const where = row.against === 'mosquitto' ? mosquitto : sink
    results.push(await rounds(row, options.peers, (peer) => measureTraffic(where, row, peer, options.milliseconds)))
  }
  if (options.wants('navigation')) {
    const row = { id: 'navigation', title: 'navigation to CONNACK', budgets: navigationBudgets }
    results.push(await rounds(row, options.peers, async (peer) => ({ connack: await measureNavigation(sink, peer) })))
  }
  return printed('comparison', results, options.peers)
}

/** What the drop-in costs beside the modern API, on which it stands. */
async function face(sink) {
  const results = []
  for (const row of faceRows.filter(({ id }) => options.wants(id))) {
    results.push(await rounds(row, facePeers, (peer) => measureTraffic(sink, row, peer, options.milliseconds)))
  }
  return printed('face', results, facePeers, 'face')
}

/** What the messaging layer costs beside the messages that it needs. */
async function requests(where, broker) {
  const wanted = requestRows.filter(({ id }) => options.wants(id))
  const service = wanted.length > 0 ? await startService(broker) : null
  if (!service) {
    if (wanted.length > 0) console.log('Left out: requests, for which the service in C++ has to be built (npm run bench does).\n')
    return {}
  }
  const results = []
  for (const row of wanted) {
    results.push(await rounds(row, requestPeers, (peer) => measureTraffic(where, row, peer, options.milliseconds)))
  }
  service.close()
  return printed('requests', results, requestPeers, 'request')
}

/** Prints a table, which is that part of the report. */
function printed(part, results, peers, ours) {
  if (results.length === 0) return {}
  const compared = comparison(results, peers, ours)
  console.log(`\n${compared}\n\n${spreads(results, peers)}\n`)
  return { [part]: compared }
}

async function rounds(row, peers, measure) {
  const values = Object.fromEntries(peers.map((peer) => [peer, {}]))
  for (let round = 1; round <= options.rounds; round += 1) {
    for (const peer of peers) {
      for (const [metric, value] of Object.entries(await measure(peer))) {
        if (value !== undefined) (values[peer][metric] ??= []).push(value)
      }
    }
    process.stderr.write(`${round === 1 ? `${row.id}:` : ''} ${round}${round === options.rounds ? '\n' : ''}`)
  }
  return { title: row.title, budgets: row.budgets, values }
}

async function shipped(sink) {
  if (!options.wants('shipped')) return {}
  const measured = {}
  for (const peer of options.peers.flatMap((name) => (name === 'ours' ? ['ours', 'ours-wasm'] : name))) {
    if (peer !== 'bare') measured[peer] = await measureShipped(sink, peer)
  }
  const table = sizes(measured, shippedBudgets)
  console.log(`${table}\n`)
  return { shipped: table }
}

async function memories(sink) {
  if (!options.wants('memory')) return {}
  const samples = {}
  for (const peer of options.peers.filter((name) => name !== 'bare')) {
    samples[peer] = await measureMemory(sink, peer, options.memoryMessages)
  }
  const table = memory(samples)
  console.log(`${table}\n`)
  return { memory: table }
}
