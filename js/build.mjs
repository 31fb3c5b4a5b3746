// node js/build.mjs [FOLDER]: builds dist/ from js/src and the module in FOLDER, build/wasm by default: bundles, the module, declarations; then tells what a page has to load.
import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { copyFile, mkdir, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { build } from 'esbuild'
import { report } from './sizes.mjs'

const root = fileURLToPath(new URL('../', import.meta.url))
const source = `${root}js/src/`
const wasm = process.argv[2] ? `${resolve(process.argv[2])}/` : `${root}build/wasm/`
const dist = `${root}dist/`

/** What the sources import, and the file that it is. */
const modules = { 'wsmq:embedded': 'wsmq.embedded.mjs', 'wsmq:separate': 'wsmq.mjs' }

/** The module stays a file of its own, so that entries share it. @type {import('esbuild').Plugin} */
const moduleBesideUs = {
  name: 'module-beside-us',
  setup(bundler) {
    bundler.onResolve({ filter: /^wsmq:/ }, ({ path }) => ({ path: `./${modules[/** @type {keyof modules} */ (path)]}`, external: true }))
  },
}

/** For the CommonJS file, which holds everything. @type {import('esbuild').Plugin} */
const moduleInside = {
  name: 'module-inside',
  setup(bundler) {
    bundler.onResolve({ filter: /^wsmq:/ }, ({ path }) => ({ path: wasm + modules[/** @type {keyof modules} */ (path)] }))
  },
}

/** @type {import('esbuild').BuildOptions} */
const common = {
  bundle: true,
  target: 'es2022',
  minify: true,
  sourcemap: true,
  legalComments: 'none',
  logLevel: 'warning',
}

async function bundle() {
  const entry = { index: `${source}index.ts`, wasm: `${source}wasm.ts`, paho: `${source}paho/index.ts` }
  const besideUs = { ...common, outdir: dist, plugins: [moduleBesideUs] }
  // A page may use both of these, and then has one module: what loads it is shared.
  await build({
    ...besideUs,
    entryPoints: { index: entry.index, paho: entry.paho },
    format: 'esm',
    splitting: true,
    chunkNames: 'shared-[hash]',
  })
  await build({ ...besideUs, entryPoints: { wasm: entry.wasm }, format: 'esm' })
  await build({
    ...common,
    entryPoints: { paho: entry.paho },
    outdir: dist,
    outExtension: { '.js': '.cjs' },
    format: 'cjs',
    platform: 'browser',
    define: { 'import.meta.url': '__script' },
    banner: { js: 'var __script=typeof document=="object"?document.baseURI:"file://"+__filename;' },
    plugins: [moduleInside],
  })
}

async function copyModule() {
  for (const name of [...Object.values(modules), 'wsmq.wasm']) await copyFile(wasm + name, dist + name)
}

/** The declarations, in dist/types, and one beside each entry. */
async function declare() {
  const compiler = fileURLToPath(import.meta.resolve('typescript/bin/tsc'))
  await promisify(execFile)(process.execPath, [compiler, '--project', `${root}js`]).catch((error) => {
    throw new Error(error.stdout || error.message)
  })
  await copyFile(`${root}wasm/wsmq.d.ts`, `${dist}types/wsmq.d.ts`)
  const contract = `${dist}types/module.d.ts`
  await writeFile(contract, (await readFile(contract, 'utf8')).replaceAll('../../wasm/wsmq.js', './wsmq.js'))
  const entries = { 'index.d.ts': 'index', 'wasm.d.ts': 'wasm', 'paho.d.ts': 'paho/index', 'paho.d.cts': 'paho/index' }
  for (const [file, entry] of Object.entries(entries)) {
    const text = `export * from './types/${entry}.js'\n`
    await writeFile(dist + file, file.startsWith('paho') ? `${text}export { default } from './types/${entry}.js'\n` : text)
  }
}

/** Files of an older build, those in use excepted: a server may be reading dist/. @param {number} since */
async function removeOld(since) {
  for (const name of await readdir(dist, { recursive: true })) {
    const entry = await stat(dist + name)
    if (entry.isFile() && entry.mtimeMs < since) await rm(dist + name)
  }
}

if (!existsSync(`${wasm}wsmq.wasm`)) {
  console.error(`${wasm}wsmq.wasm is missing. Run "npm run build", which builds the module first.`)
  process.exit(1)
}
const start = Date.now() - 1000
await mkdir(`${dist}types`, { recursive: true })
await bundle()
await copyModule()
await declare()
await removeOld(start)
await report(dist)
