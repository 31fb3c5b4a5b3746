// node js/build.mjs [FOLDER]: builds dist/ from js/src and the module in FOLDER (default: build/wasm): bundles, the module,
// declarations and the notices of what they contain; then prints the sizes of what a page loads.
import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { copyFile, cp, mkdir, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { basename, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { build } from 'esbuild'
import { minify } from 'terser'
import { bundleModules } from './modules.mjs'
import { notices } from './notices.mjs'
import { report } from './sizes.mjs'

const root = fileURLToPath(new URL('../', import.meta.url))
const source = `${root}js/src/`
const wasm = process.argv[2] ? `${resolve(process.argv[2])}/` : `${root}build/wasm/`
const dist = `${root}dist/`

/** A build for debugging has source maps, which a browser looks for beside a .wasm: no entry has it inside. */
const isDebug = existsSync(`${wasm}linked/wsmq.wasm.map`)

/** What the sources import, and the file that it is. @type {Record<string, string>} */
const modules = {
  'wsmq:embedded': isDebug ? 'wsmq.mjs' : 'wsmq.embedded.mjs',
  'wsmq:separate': 'wsmq.mjs',
  'wsmq:webapp-embedded': isDebug ? 'wsmq-webapp.mjs' : 'wsmq-webapp.embedded.mjs',
  'wsmq:webapp-separate': 'wsmq-webapp.mjs',
}

/** The entries of the package, by the names that they have in dist/. */
const entries = {
  index: `${source}index.ts`,
  wasm: `${source}wasm.ts`,
  paho: `${source}paho/index.ts`,
  webapp: `${source}webapp/index.ts`,
  'webapp-wasm': `${source}webapp/wasm.ts`,
  testing: `${source}testing/index.ts`,
  doctor: `${source}doctor/index.ts`,
  worker: `${source}remote/worker.ts`,
  'webapp-worker': `${source}remote/webapp/worker.ts`,
  react: `${source}frameworks/react.ts`,
  vue: `${source}frameworks/vue.ts`,
  svelte: `${source}frameworks/svelte.ts`,
}
/** What the application has itself, once. */
const frameworks = ['react', 'vue', 'svelte', 'svelte/*']

/** @type {import('esbuild').Plugin} */
const module = {
  name: 'module',
  setup(bundler) {
    bundler.onResolve({ filter: /^wsmq:/ }, ({ path }) => ({ path: `${wasm}${modules[path]}` }))
  },
}

/** Node prints the line of an uncaught error. That of the wasm, which is longer, throws nothing. */
const lineLimit = 1000

/** Of what is one file. @type {import('esbuild').BuildOptions} */
const common = {
  bundle: true,
  outdir: dist,
  target: 'es2022',
  minify: !isDebug,
  sourcemap: true,
  external: frameworks,
  legalComments: 'none',
  lineLimit,
  logLevel: 'warning',
  plugins: [module],
}

/** The scripts for pages, chunks included, by their names in dist/; true: a module. @type {Map<string, boolean>} */
const scripts = new Map()

async function bundle() {
  const { index, paho, ...others } = entries
  const fileOf = (/** @type {string} */ name) => modules[name] && `${wasm}${modules[name]}`
  const external = [...frameworks.filter((name) => !name.endsWith('*')), /^svelte\//]
  // A page may use both of these, and then has one module: it and what loads it are a file of their own.
  const groups = [{ index, paho }, ...Object.entries(others).map(([name, entry]) => ({ [name]: entry }))]
  for (const group of groups) {
    const [prefix = ''] = Object.keys(group)
    const files = await bundleModules({ entries: group, prefix, folder: dist, external, fileOf })
    for (const file of files) scripts.set(file, true)
  }
  // For require(), as Jest uses it: each entry is one file. Svelte itself has no form for require(), and nobody requires a worker.
  const required = Object.entries(entries).filter(([name]) => name !== 'svelte' && !name.endsWith('worker'))
  await build({
    ...common,
    entryPoints: Object.fromEntries(required),
    outExtension: { '.js': '.cjs' },
    format: 'cjs',
    platform: 'browser',
    sourcemap: false,
    define: { 'import.meta.url': '__script' },
    // A file's address, where this is one: jsdom has a document, too.
    banner: {
      js: 'var __script=typeof __filename=="string"?"file://"+encodeURI(__filename.replace(/\\\\/g,"/").replace(/^(?!\\/)/,"/")).replace(/[?#]/g,encodeURIComponent):document.baseURI;',
    },
  })
  // For <script src>. The first one detects its own address.
  const plain = {
    timer: `${source}timer/worker.ts`,
    'paho-mqtt': `${source}paho/script.ts`,
    'paho-mqtt.embedded': `${source}paho/script-embedded.ts`,
  }
  for (const name of Object.keys(plain)) scripts.set(`${name}.js`, false)
  await build({
    ...common,
    entryPoints: plain,
    format: 'iife',
    define: { 'import.meta.url': 'location.href' },
  })
}

/**
 * Minifies the scripts that pages load by terser: esbuild makes the module's script, which is minified already, larger than
 * it was. Newlines in place of semicolons, and functions first, make brotli's result smaller.
 */
async function minifyScripts() {
  for (const [name, isModule] of scripts) {
    const map = `${dist}${name}.map`
    // esbuild imports each chunk, for its order, whether anything of it is used or not: nothing here has side effects.
    const bundled = (await readFile(dist + name, 'utf8')).replace(/\bimport"\.\/[^"]+";?/g, (unused) => ' '.repeat(unused.length))
    const { code, map: sourceMap } = await minify(bundled, {
      module: isModule,
      ecma: 2020,
      compress: { passes: 3, pure_getters: true, hoist_funs: true },
      format: { ascii_only: true, max_line_len: lineLimit, semicolons: false },
      sourceMap: { content: await readFile(map, 'utf8'), url: `${name}.map` },
    })
    await writeFile(dist + name, `${code}\n`)
    await writeFile(map, String(sourceMap))
  }
}

/** For programs that use only the module. */
async function copyModule() {
  for (const name of ['wsmq.mjs', 'wsmq.wasm', 'wsmq-webapp.wasm']) await copyFile(wasm + name, dist + name)
  if (!isDebug) await copyFile(`${wasm}wsmq.embedded.mjs`, `${dist}wsmq.embedded.mjs`)
  for (const name of isDebug ? ['wsmq.wasm.map', 'wsmq-webapp.wasm.map'] : []) await copyFile(`${wasm}linked/${name}`, dist + name)
}

/** The declarations, in dist/types, and one beside each entry. */
async function declare() {
  const compiler = fileURLToPath(import.meta.resolve('typescript/bin/tsc'))
  await promisify(execFile)(process.execPath, [compiler, '--project', `${root}js`]).catch((error) => {
    throw new Error(error.stdout || error.message)
  })
  await copyFile(`${root}wasm/wsmq.d.ts`, `${dist}types/wsmq.d.ts`)
  await copyFile(`${root}wasm/webapp/wsmq-webapp.d.ts`, `${dist}types/webapp/wsmq-webapp.d.ts`)
  for (const [contract, path] of [
    ['module', '../../wasm/wsmq.js'],
    ['webapp/layer', '../../../wasm/webapp/wsmq-webapp.js'],
  ]) {
    const file = `${dist}types/${contract}.d.ts`
    await writeFile(file, (await readFile(file, 'utf8')).replaceAll(String(path), `./${basename(String(path))}`))
  }
  for (const [name, file] of Object.entries(entries)) {
    const path = `./types/${file.slice(source.length, -'.ts'.length)}.js`
    const more = name === 'paho' ? `export { default } from '${path}'\nimport './types/paho/names-in-global.js'\n` : ''
    await writeFile(`${dist}${name}.d.ts`, `export * from '${path}'\n${more}`)
  }
  await writeFile(`${dist}types/paho/names-in-global.d.ts`, await namesInGlobal())
  // The plain scripts set the global that those name who write modules around them.
  const global = `import * as classic from './classic.js'
import './names-in-global.js'
declare global {
  var Paho: typeof classic
}
`
  await writeFile(`${dist}types/paho/global.d.ts`, global)
  for (const name of ['paho-mqtt', 'paho-mqtt.embedded']) await writeFile(`${dist}${name}.d.ts`, "import './types/paho/global.js'\n")
  // The same once more for those who require(): what a declaration describes is decided by its folder.
  await cp(`${dist}types`, `${dist}types-cjs`, { recursive: true })
  await writeFile(`${dist}types-cjs/package.json`, '{ "type": "commonjs" }\n')
}

/** `Paho.MQTT.Client` and so on as types, which code written for the community types uses in modules, too. */
async function namesInGlobal() {
  const names = await readFile(`${dist}types/paho/names.d.ts`, 'utf8')
  const types = [...names.matchAll(/export type (?:\{([^}]*)\}|(\w+))/g)].flatMap(
    ([, list, one]) => (list ?? one ?? '').match(/\w+/g) ?? [],
  )
  const aliases = ['Client', 'Message', ...types].map((name) => `    type ${name} = classic.${name}\n`).join('')
  return `import * as classic from './classic.js'
declare global {
  namespace Paho {
${aliases}  }
  namespace Paho.MQTT {
${aliases}  }
}
`
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
if (!isDebug) await minifyScripts()
await copyModule()
await declare()
await writeFile(`${dist}THIRD-PARTY-NOTICES.txt`, await notices(wasm))
await removeOld(start)
const tooLarge = isDebug ? [] : await report(dist)
for (const sentence of tooLarge) console.error(`${sentence}: make it smaller, or raise its budget in js/sizes.mjs and say why.`)
process.exitCode = tooLarge.length > 0 ? 1 : 0
