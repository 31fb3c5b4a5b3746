// npm start: the deployment in small, on free loopback ports (PORT chooses the site's): Mosquitto with access rules, the
// issuer, nginx with the page, simulated devices, and every demo service whose toolchain is there.
import { exclusively } from './lib/lock.mjs'
import { Failure, runMain } from './lib/run.mjs'
import { askedToStop, explainListen, wantedPort } from './lib/server-options.mjs'
import { build } from './build.mjs'
import { setup } from './setup.mjs'

/** What the demo can do without, where it cannot be installed. */
const wished = ['deployment', 'native']

async function setUp() {
  await setup(['build', 'broker'])
  for (const need of wished) {
    await setup([need]).catch((error) => {
      if (!(error instanceof Failure)) throw error
      console.log(`Going on without: ${error.message}`)
    })
  }
}

/** @param {string} part @param {string} text */
const tell = (part, text) => console.log(`${part.padEnd(22)} ${text}`)

await runMain(async () => {
  const port = wantedPort()
  // Another npm start may be building into the same folders.
  const prepare = async () => {
    await setUp()
    await build()
  }
  await exclusively('npm-start', prepare, {
    onWait: () => console.log('Another npm start is building here: waiting until it has finished ...'),
  })

  const stop = askedToStop()
  const { startDeployment } = await import('./lib/deployment.mjs') // it needs packages that have just been installed
  const deployment = await startDeployment({ port, tell }).catch((error) => {
    throw explainListen(error, port)
  })
  try {
    const hint = deployment.authority ? '\nIts certificate was made for this run: the browser asks once whether to trust it.' : ''
    console.log(`\nThe page: ${deployment.url}   Open it in two windows. Ctrl-C stops all.${hint}\n`)
    // The page is of use without them, and the first time some take minutes to compile.
    void deployment.programs.start()
    await stop
    console.log('\nStopping ...')
  } finally {
    await deployment.close()
  }
  console.log('Stopped.')
})
