// Both libraries, each loaded afresh into a page of its own: the scripts' globals are the scenario's.
import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { fileURLToPath } from 'node:url'
import { settle } from './clock.mjs'

/** @typedef {{ Client: any, Message: any }} Library */
/** @typedef {Record<string, unknown>} Globals */

const require = createRequire(import.meta.url)
const oursFile = fileURLToPath(new URL('../../../dist/paho.cjs', import.meta.url))

/** @type {Map<string, Promise<string>>} */
const sources = new Map()
/** @type {Promise<WebAssembly.Module> | undefined} */
let compiled

/** @param {string} file */
function source(file) {
  const text = sources.get(file) ?? readFile(file, 'utf8')
  sources.set(file, text)
  return text
}

export const oursIsBuilt = existsSync(oursFile)

/** The npm package paho-mqtt. @param {Globals} globals @returns {Promise<Library>} */
export async function loadPaho(globals) {
  return run(await source(require.resolve('paho-mqtt')), globals)
}

/** The script mqttws31.js of 1.0.3. @param {Globals} globals @returns {Promise<Library>} */
export async function loadOlder(globals) {
  const Paho = /** @type {{ MQTT?: Library }} */ ({})
  run(await source(require.resolve('mqttws31/mqttws31.js')), { ...globals, Paho })
  return /** @type {Library} */ (Paho.MQTT)
}

/** websocket-mq/paho, with its module loaded already. @param {Globals} globals @returns {Promise<Library>} */
export async function loadOurs(globals) {
  let instantiated = /** @type {Promise<unknown> | undefined} */ (undefined)
  const instantiate = async (/** @type {BufferSource} */ bytes, /** @type {WebAssembly.Imports} */ imports) => {
    const module = await (compiled ??= WebAssembly.compile(bytes))
    return { module, instance: await WebAssembly.instantiate(module, imports) }
  }
  const wasm = Object.assign(Object.create(WebAssembly), {
    compile: WebAssembly.compile,
    instantiate: (/** @type {BufferSource} */ bytes, /** @type {WebAssembly.Imports} */ imports) =>
      (instantiated = instantiate(bytes, imports)),
  })
  const library = run(await source(oursFile), { ...globals, WebAssembly: wasm })
  new library.Client('preload', 1, 'preload')
  while (instantiated === undefined) await settle()
  await instantiated
  await settle()
  return library
}

/** @param {string} text @param {Globals} globals */
function run(text, globals) {
  const page = Object.create(globalThis, Object.getOwnPropertyDescriptors(globals))
  const names = { ...globals, globalThis: page, window: page, self: page, global: page, document: undefined }
  const module = { exports: /** @type {any} */ ({}) }
  const wrapper = new Function('module', 'exports', 'require', '__filename', ...Object.keys(names), text)
  wrapper.call(page, module, module.exports, require, oursFile, ...Object.values(names))
  return module.exports
}
