// npm run build: the wasm module, then the JavaScript package in dist/. Only what has changed is built again.
import { root } from './lib/root.mjs'
import { buildPreset } from './lib/cmake.mjs'
import { isMain, must, runMain, timed } from './lib/run.mjs'
import { setup } from './setup.mjs'

export async function build() {
  await buildPreset('wasm')
  await timed('Building the package', () => must(process.execPath, [`${root}js/build.mjs`]))
}

if (await isMain(import.meta.url)) {
  await runMain(async () => {
    await setup(['build'])
    await build()
  })
}
