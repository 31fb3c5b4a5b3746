// Where the time of a row goes: node bench/profile.mjs <row> [library] [messages]. Built with names left in, the wasm
// module's functions have theirs.
import { Chromium } from './chromium.mjs'
import { trafficRows } from './rows.mjs'
import { startFiles, startMosquitto, startSink } from './servers.mjs'

const [id, peer = 'ours', messages = '160000'] = process.argv.slice(2)
const row = trafficRows.find((each) => each.id === id)
if (!row) {
  console.error(`Name one of the rows: ${trafficRows.map((each) => each.id).join(', ')}`)
  process.exit(1)
}
const count = Math.ceil(Number(messages) / row.unit) * row.unit
const files = await startFiles()
const server = await (row.against === 'mosquitto' ? startMosquitto() : startSink())
const browser = await Chromium.launch()
try {
  const page = await browser.open(`${files.url}/bench/page/index.html?peer=${peer}`)
  await page.until('Boolean(globalThis.bench)')
  await page.call('bench.open', server.url)
  const run = () => page.call('bench.run', row.kind, { ...row.parameters, count })
  for (let warmUp = 0; warmUp < 3; warmUp += 1) await run()
  await page.send('Profiler.enable')
  await page.send('Profiler.setSamplingInterval', { interval: 200 })
  await page.send('Profiler.start')
  await run()
  show((await page.send('Profiler.stop')).profile)
} finally {
  await browser.close()
  await server.close()
  files.close()
}

/** Each function's own time, in microseconds a message; sampling makes all of it slower. */
function show({ nodes, samples, timeDeltas }) {
  const names = new Map(nodes.map(({ id, callFrame }) => [id, nameOf(callFrame)]))
  const own = new Map()
  for (const [place, node] of samples.entries()) own.set(names.get(node), (own.get(names.get(node)) ?? 0) + timeDeltas[place])
  const sorted = [...own].sort(([, a], [, b]) => b - a)
  for (const [name, time] of sorted.slice(0, 25)) console.log(`${(time / count).toFixed(3).padStart(9)} µs  ${name}`)
}

function nameOf({ functionName, url, lineNumber, columnNumber }) {
  return `${functionName || '(anonymous)'}${url ? `  ${url.split('/').at(-1)}:${lineNumber + 1}:${columnNumber + 1}` : ''}`
}
