// npm start: Mosquitto and the demo page, on free loopback ports (PORT chooses the page's), with simulated devices and
// every demo service whose toolchain is there.
import { startDemo } from './lib/demo.mjs'
import { runMain } from './lib/run.mjs'
import { askedToStop, explainListen, wantedPort } from './lib/server-options.mjs'
import { build } from './build.mjs'
import { setup } from './setup.mjs'

await runMain(async () => {
  const port = wantedPort()
  await setup(['build', 'broker'])
  await build()

  const stop = askedToStop()
  const demo = await startDemo(port).catch((error) => {
    throw explainListen(error, port)
  })
  try {
    console.log(`\nThe page:   ${demo.url}\nThe broker: ${demo.broker.url} and ${demo.brokerUrl}\nCtrl-C stops all.\n`)
    // The page is of use without them, and the first time some take minutes to compile.
    void demo.programs.start()
    await stop
    console.log('\nStopping ...')
  } finally {
    await demo.close()
  }
  console.log('Stopped.')
})
