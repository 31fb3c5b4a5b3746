// npm run dev: npm start for those who change the code. Each change of a source is built, without optimisation and with
// source maps, and the page reloads.
import { buildPreset } from './lib/cmake.mjs'
import { buildPage } from './lib/demo-page.mjs'
import { startDev } from './lib/dev-server.mjs'
import { runMain } from './lib/run.mjs'
import { askedToStop, explainListen, wantedPort } from './lib/server-options.mjs'
import { build, buildPackage } from './build.mjs'
import { setup } from './setup.mjs'

await runMain(async () => {
  const port = wantedPort()
  await setup(['build', 'broker'])
  await build({ debug: true })
  const stop = askedToStop()
  const dev = await startDev({
    port,
    buildModule: () => buildPreset('wasm-debug'),
    buildPackage: () => buildPackage('wasm-debug'),
    buildPage: () => buildPage({ debug: true }),
  }).catch((error) => {
    throw explainListen(error, port)
  })
  try {
    console.log(`\nThe page:   ${dev.url}\nCtrl-C stops it. dist/ holds a debug build afterwards; npm run build makes the real one.\n`)
    await stop
  } finally {
    await dev.close()
  }
})
