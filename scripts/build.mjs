// npm run build [-- --debug]: the wasm module, the JavaScript package in dist/, then the demo page. Only what has changed is built again.
// With --debug nothing is optimised or minified, and the browser's debugger steps through C++ (CONTRIBUTING.md).
import { parseArgs } from 'node:util'
import { root } from './lib/root.mjs'
import { buildPreset } from './lib/cmake.mjs'
import { buildPage } from './lib/demo-page.mjs'
import { isPackageBuilt, notePackage } from './lib/package-stamp.mjs'
import { isMain, must, runMain, timed } from './lib/run.mjs'
import { setup } from './setup.mjs'

/** @param {{ debug?: boolean | undefined }} [options] */
export async function build({ debug = false } = {}) {
  const preset = debug ? 'wasm-debug' : 'wasm'
  await buildPreset(preset)
  await buildPackage(preset)
  await timed('Building the demo page', () => buildPage({ debug }))
}

/** @param {string} preset whose module the package gets */
export async function buildPackage(preset) {
  // Who serves dist/ meanwhile, as another npm start does, is not disturbed without need.
  if (await isPackageBuilt(preset)) return
  await timed('Building the package', () => must(process.execPath, [`${root}js/build.mjs`, `${root}build/${preset}`]))
  await notePackage(preset)
}

if (await isMain(import.meta.url)) {
  await runMain(async () => {
    const { values } = parseArgs({ options: { debug: { type: 'boolean' } } })
    await setup(['build'])
    await build(values)
  })
}
