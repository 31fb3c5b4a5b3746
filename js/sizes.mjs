// What a page loads from each entry, next to its budget.
import { readFile } from 'node:fs/promises'
import { brotliCompressSync, constants, gzipSync } from 'node:zlib'

const KB = 1000
/** The entry, what it fetches besides its imports, and the budget in bytes of brotli. */
const pages = [
  { name: 'websocket-mq (wasm embedded)', entry: 'index.js', more: [], budget: 60 * KB },
  { name: 'websocket-mq/wasm (wasm separate)', entry: 'wasm.js', more: ['wsmq.wasm'], budget: 46 * KB },
  { name: 'websocket-mq/paho (wasm embedded)', entry: 'paho.js', more: [], budget: 60 * KB },
  { name: 'paho-mqtt.js, a plain script (wasm separate)', entry: 'paho-mqtt.js', more: ['wsmq.wasm'], budget: 46 * KB },
  { name: 'paho-mqtt.embedded.js, a plain script', entry: 'paho-mqtt.embedded.js', more: [], budget: 60 * KB },
  { name: 'websocket-mq/webapp (messaging, wasm embedded)', entry: 'webapp.js', more: [], budget: 95 * KB },
  { name: 'websocket-mq/webapp/wasm (messaging, wasm separate)', entry: 'webapp-wasm.js', more: ['wsmq-webapp.wasm'], budget: 80 * KB },
  { name: 'websocket-mq/worker, which websocket-mq starts for { worker } and { shared }', entry: 'worker.js', more: [], budget: 66 * KB },
  { name: 'websocket-mq/react, beside one of the above', entry: 'react.js', more: [], budget: 2 * KB },
  { name: 'websocket-mq/vue', entry: 'vue.js', more: [], budget: 2 * KB },
  { name: 'websocket-mq/svelte', entry: 'svelte.js', more: [], budget: 2 * KB },
]

/** Bytes of brotli that a page of this entry may load. @param {string} entry */
export function budgetOf(entry) {
  const page = pages.find((each) => each.entry === entry)
  if (page === undefined) throw new Error(`There is no entry ${entry}.`)
  return page.budget
}

/** @param {string} dist */
export async function measure(dist) {
  return Promise.all(
    pages.map(async ({ name, entry, more, budget }) => {
      const files = [...(await withImports(dist, entry)), ...more]
      const sizes = await Promise.all(files.map(async (file) => ({ file, ...weigh(await readFile(dist + file)) })))
      const sum = (/** @type {'raw' | 'gzip' | 'brotli'} */ key) => sizes.reduce((total, size) => total + size[key], 0)
      return { name, budget, sizes, raw: sum('raw'), gzip: sum('gzip'), brotli: sum('brotli') }
    }),
  )
}

/** @param {string} dist */
export async function report(dist) {
  for (const { name, budget, sizes, ...total } of await measure(dist)) {
    const verdict = total.brotli <= budget ? 'within' : 'OVER'
    console.log(`\n${name}: ${verdict} its ${(budget / KB).toFixed(0)} KB of brotli`)
    for (const { file, ...size } of [...sizes, { file: 'together', ...total }]) console.log(row(file, size))
  }
  console.log()
}

/** @param {string} file @param {{ raw: number, gzip: number, brotli: number }} size */
function row(file, { raw, gzip, brotli }) {
  const [a, b, c] = [raw, gzip, brotli].map((bytes) => bytes.toLocaleString('en').padStart(9))
  return `  ${file.padEnd(24)} raw ${a}  gzip ${b}  brotli ${c}`
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
