// Pages of each framework that use the package by its name, and programs that render them on a server.
import { cp, readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import { compile } from 'svelte/compiler'
import { installNodeModules } from '../../scripts/lib/node-modules.mjs'
import { packed } from '../support/packed.mjs'

const pages = fileURLToPath(new URL('pages/', import.meta.url))
const server = fileURLToPath(new URL('server/', import.meta.url))
const react18 = fileURLToPath(new URL('react-18/', import.meta.url))

/** The oldest version that is supported, which stands in for the one that the project has. */
export const react18Modules = `${react18}node_modules`

/** What the pages need that npm run setup does not install. */
export const installFrameworks = () => installNodeModules(react18)

/** @type {Record<string, { entry: string, alias?: Record<string, string> }>} */
export const frameworks = {
  React: { entry: 'react.jsx' },
  'React 18': { entry: 'react.jsx', alias: { react: `${react18Modules}/react`, 'react-dom': `${react18Modules}/react-dom` } },
  Vue: { entry: 'vue.js' },
  Svelte: { entry: 'svelte.js' },
}

/** @param {'client' | 'server'} generate @returns {import('esbuild').Plugin} */
export const svelte = (generate) => ({
  name: 'svelte',
  setup(bundler) {
    bundler.onLoad({ filter: /\.svelte$/ }, async ({ path }) => {
      const { js } = compile(await readFile(path, 'utf8'), { filename: path, generate, css: 'injected' })
      return { contents: js.code, loader: 'js' }
    })
  },
})

/** Takes the package from where it is unpacked. @type {import('esbuild').Plugin} */
const fromPacked = {
  name: 'packed',
  setup(bundler) {
    bundler.onResolve({ filter: /^websocket-mq(\/|$)/ }, ({ path, kind, pluginData }) =>
      // Within the package its own name is the package; then this is asked again.
      pluginData === 'packed' ? undefined : bundler.resolve(path, { kind, resolveDir: packed, pluginData: 'packed' }),
    )
  },
}

/**
 * Builds the page of a framework into a folder, with the packed package (tests/support/packed.mjs).
 * @param {string} name
 * @param {string} folder
 */
export async function buildPage(name, folder) {
  const { entry, alias = {} } = /** @type {(typeof frameworks)[string]} */ (frameworks[name])
  await build({
    entryPoints: { page: pages + entry },
    outdir: folder,
    bundle: true,
    format: 'esm',
    alias,
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
    plugins: [svelte('client'), fromPacked],
    logLevel: 'error',
  })
  await cp(`${pages}index.html`, `${folder}/index.html`)
}

/**
 * Builds a component for Node, where Svelte has another form of it. The package is within, for it to use the framework
 * beside the result.
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
    external: ['react', 'react-dom', 'svelte'],
    jsx: 'automatic',
    plugins: [svelte('server')],
    logLevel: 'error',
  })
}
