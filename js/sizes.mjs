// What a page loads from each entry, next to its budget.
import { readFile } from 'node:fs/promises'
import { brotliCompressSync, constants, gzipSync } from 'node:zlib'

const KB = 1000
/**
 * The entry, what it fetches besides its imports, and what the two may weigh, in KB of brotli: the build fails above it.
 * @typedef {{ name: string, entry: string, more?: string[], budget: number }} Page
 * @type {Page[]}
 */
const pages = [
  { name: '`websocket-mq`', entry: 'index.js', budget: 62 },
  { name: '`websocket-mq/wasm`', entry: 'wasm.js', more: ['wsmq.wasm'], budget: 60 },
  { name: '`websocket-mq/webapp`', entry: 'webapp.js', budget: 101 },
  { name: '`websocket-mq/webapp/wasm`', entry: 'webapp-wasm.js', more: ['wsmq-webapp.wasm'], budget: 100 },
  { name: '`websocket-mq/paho`', entry: 'paho.js', budget: 61 },
  { name: '`paho-mqtt.js`', entry: 'paho-mqtt.js', more: ['wsmq.wasm'], budget: 56 },
  { name: '`paho-mqtt.embedded.js`', entry: 'paho-mqtt.embedded.js', budget: 57 },
  { name: '`websocket-mq/react`, beside one of these', entry: 'react.js', budget: 2 },
  { name: '`websocket-mq/vue`', entry: 'vue.js', budget: 2 },
  { name: '`websocket-mq/svelte`', entry: 'svelte.js', budget: 2 },
  { name: '`websocket-mq/testing`', entry: 'testing.js', budget: 9 },
  { name: '`websocket-mq/doctor`, with a module of its own', entry: 'doctor.js', budget: 66 },
  { name: '`websocket-mq/worker`, for `worker` and `shared`', entry: 'worker.js', budget: 70 },
  { name: '`websocket-mq/webapp/worker`, for the same of webapps', entry: 'webapp-worker.js', budget: 105 },
]
/** What `websocket-mq` loads only for an option, by the name of its chunk. @type {Record<string, string>} */
const options = {
  'packet-watch': '`packets`, `timings`, or a `log` of packets',
  'open-outbox': '`outbox`',
  'open-remote': '`worker` or `shared`, beside the worker',
  leader: '`shared` where there is no SharedWorker',
  renewals: 'a `credentials` function whose result expires',
}

/** Bytes of brotli that a page of this entry may load. @param {string} entry */
export function budgetOf(entry) {
  const page = pages.find((each) => each.entry === entry)
  if (page === undefined) throw new Error(`There is no entry ${entry}.`)
  return page.budget * KB
}

/** @param {string} dist */
export async function measure(dist) {
  const measured = pages.map(async ({ name, entry, more = [], budget }) => {
    const files = [...(await withImports(dist, entry)), ...more]
    return { name, budget: budget * KB, ...(await weighAll(dist, files)) }
  })
  return Promise.all(measured)
}

/** The scripts that an entry imports when it needs them, without what it has already. @param {string} dist @param {string} entry */
async function measureOptions(dist, entry) {
  const own = await withImports(dist, entry)
  const texts = await Promise.all(own.map((file) => readFile(dist + file, 'utf8')))
  const chunks = texts.flatMap((text) => [...text.matchAll(/import\(\s*["']\.\/([^"']+)["']/g)].map(([, file]) => file ?? ''))
  return Promise.all(
    [...new Set(chunks)].map(async (chunk) => {
      const [, name = ''] = /\.([\w-]+)-\w{8}\.js$/.exec(chunk) ?? []
      const files = (await withImports(dist, chunk)).filter((file) => !own.includes(file))
      return { name: options[name] ?? name, ...(await weighAll(dist, files)) }
    }),
  )
}

/** The table of docs/performance.md. @param {string} dist @param {Awaited<ReturnType<typeof measure>>} [entries] measured already */
export async function table(dist, entries) {
  const row = (/** @type {(string | number)[]} */ ...cells) => `| ${cells.join(' | ')} |`
  const kilobytes = (/** @type {number} */ bytes) => (bytes / KB).toFixed(1)
  const measured = entries ?? (await measure(dist))
  const more = await measureOptions(dist, 'index.js')
  return [
    row('a page that loads', 'KB of brotli', 'KB of gzip', 'at most, KB of brotli'),
    row('---', '---:', '---:', '---:'),
    ...measured.map(({ name, brotli, gzip, budget }) => row(name, kilobytes(brotli), kilobytes(gzip), budget / KB)),
    ...more.map(({ name, brotli, gzip }) => row(`more with ${name}`, kilobytes(brotli), kilobytes(gzip), '')),
  ].join('\n')
}

/** Prints the table, and returns the names of the entries that are over their budgets. @param {string} dist */
export async function report(dist) {
  const measured = await measure(dist)
  console.log(`\n${await table(dist, measured)}\n`)
  const over = measured.filter(({ brotli, budget }) => brotli > budget)
  return over.map(({ name, brotli, budget }) => `${name} has ${brotli} bytes of brotli, and may have ${budget}`)
}

/** @param {string} dist @param {string[]} files */
async function weighAll(dist, files) {
  const sizes = await Promise.all(files.map(async (file) => weigh(await readFile(dist + file))))
  const sum = (/** @type {'raw' | 'gzip' | 'brotli'} */ key) => sizes.reduce((total, size) => total + size[key], 0)
  return { raw: sum('raw'), gzip: sum('gzip'), brotli: sum('brotli') }
}

/** @param {Buffer} bytes */
function weigh(bytes) {
  const brotli = brotliCompressSync(bytes, {
    params: { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length },
  })
  return { raw: bytes.length, gzip: gzipSync(bytes, { level: 9 }).length, brotli: brotli.length }
}

/** The entry and every script that it imports at once. @param {string} dist @param {string} entry */
export async function withImports(dist, entry, found = new Set([entry])) {
  const text = await readFile(dist + entry, 'utf8')
  for (const [, name] of text.matchAll(/(?:from|import)\s*["']\.\/([^"']+\.m?js)["']/g)) {
    if (name === undefined || found.has(name)) continue
    found.add(name)
    await withImports(dist, name, found)
  }
  return [...found]
}
