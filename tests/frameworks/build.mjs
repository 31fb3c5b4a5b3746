// Pages of each framework that use the package by its name, and programs that render them on a server.
import { cp, readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import { compile } from 'svelte/compiler'

const pages = fileURLToPath(new URL('pages/', import.meta.url))
const server = fileURLToPath(new URL('server/', import.meta.url))

/** @type {Record<string, { entry: string }>} */
export const frameworks = {
  React: { entry: 'react.jsx' },
  Vue: { entry: 'vue.js' },
  Svelte: { entry: 'svelte.js' },
}

/** @param {'client' | 'server'} generate @returns {import('esbuild').Plugin} */
const svelte = (generate) => ({
  name: 'svelte',
  setup(bundler) {
    bundler.onLoad({ filter: /\.svelte$/ }, async ({ path }) => {
      const { js } = compile(await readFile(path, 'utf8'), { filename: path, generate, css: 'injected' })
      return { contents: js.code, loader: 'js' }
    })
  },
})

/**
 * Builds the page of a framework into a folder.
 * @param {string} name
 * @param {string} folder
 */
export async function buildPage(name, folder) {
  const { entry } = /** @type {(typeof frameworks)[string]} */ (frameworks[name])
  await build({
    entryPoints: { page: pages + entry },
    outdir: folder,
    bundle: true,
    format: 'esm',
    jsx: 'automatic',
    // Svelte has a form for each of these.
    conditions: ['svelte', 'browser'],
    // Where checks of StrictMode run, and warnings come.
    define: {
      'process.env.NODE_ENV': '"development"',
      __VUE_OPTIONS_API__: 'true',
      __VUE_PROD_DEVTOOLS__: 'false',
      __VUE_PROD_HYDRATION_MISMATCH_DETAILS__: 'false',
    },
    plugins: [svelte('client')],
    logLevel: 'error',
  })
  await cp(`${pages}index.html`, `${folder}/index.html`)
}

/**
 * Builds a component for Node, where Svelte has another form of it.
 * @param {string} entry
 * @param {string} outfile
 */
export function buildForServer(entry, outfile) {
  return build({
    entryPoints: [server + entry],
    outfile,
    bundle: true,
    format: 'esm',
    platform: 'node',
    packages: 'external',
    jsx: 'automatic',
    plugins: [svelte('server')],
    logLevel: 'error',
  })
}
