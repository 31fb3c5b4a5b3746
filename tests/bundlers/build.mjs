// Pages that import the package by its name, built by bundlers without any configuration for it.
import { cp, readdir, rm } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { build as esbuild } from 'esbuild'
import { build as vite } from 'vite'
import { packed } from '../support/packed.mjs'

const pages = fileURLToPath(new URL('pages/', import.meta.url))

const everywhere = ['modern', 'classic', 'webapp']
const inWorkers = ['in-worker', 'webapp-in-worker']

/**
 * What each bundler promises: esbuild does not take the separate wasm along.
 * @type {Record<string, { names: string[], build: (from: string, to: string) => Promise<unknown> }>}
 */
export const bundlers = {
  esbuild: { names: [...everywhere, ...inWorkers], build: (from, to) => withEsbuild(from, to, 'esm') },
  'esbuild, as plain scripts': { names: everywhere, build: (from, to) => withEsbuild(from, to, 'iife') },
  vite: { names: [...everywhere, 'separate', 'webapp-separate', ...inWorkers], build: withVite },
}

/**
 * Builds all the pages of a bundler, in a project where the package is installed as npm would do it.
 * @param {string} name
 * @param {string} folder to work in
 * @param {string} [unpacked] the package
 * @returns {Promise<string>} what is to be served
 */
export async function buildPages(name, folder, unpacked = packed) {
  const bundler = bundlers[name]
  if (bundler === undefined) throw new Error(`There is no bundler "${name}".`)
  const installed = `${folder}/node_modules/websocket-mq`
  await rm(folder, { recursive: true, force: true })
  await cp(unpacked, installed, { recursive: true })
  await cp(pages, `${folder}/pages`, { recursive: true })
  await bundler.build(`${folder}/pages`, `${folder}/out`)
  return `${folder}/out`
}

/** Every script that came out. @param {string} out */
export async function scriptsIn(out) {
  return (await readdir(out, { recursive: true })).filter((file) => file.endsWith('.js')).map((file) => `${out}/${file}`)
}

/** @param {string} from @param {string} to @param {'esm' | 'iife'} format */
async function withEsbuild(from, to, format) {
  const names = [...everywhere, ...(format === 'esm' ? inWorkers : [])]
  const entryPoints = names.map((page) => `${from}/${page}.js`)
  const { warnings } = await esbuild({ entryPoints, outdir: to, bundle: true, minify: true, format, logLevel: 'silent' })
  // There is no import.meta in a plain script, and what it is for is not needed there.
  const others = warnings.filter(({ id }) => !(format === 'iife' && id === 'empty-import-meta'))
  if (others.length > 0) throw new Error(others.map(({ text }) => text).join('\n'))
  for (const page of names) await cp(`${from}/${page}.html`, `${to}/${page}.html`)
  // As the documentation says: esbuild does not take worker files along.
  for (const worker of ['worker.js', 'webapp-worker.js']) await cp(`${from}/../node_modules/websocket-mq/dist/${worker}`, `${to}/${worker}`)
}

/** @param {string} from @param {string} to */
function withVite(from, to) {
  const input = [...everywhere, 'separate', 'webapp-separate', ...inWorkers].map((page) => `${from}/${page}.html`)
  return vite({ root: from, configFile: false, logLevel: 'error', build: { outDir: to, emptyOutDir: true, rollupOptions: { input } } })
}
