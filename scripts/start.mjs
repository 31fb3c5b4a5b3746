// npm start: Mosquitto and the demo page, on free loopback ports (PORT chooses the page's), with simulated devices and
// every demo service whose toolchain is there.
import { startDemo } from './lib/demo.mjs'
import { Failure, runMain } from './lib/run.mjs'
import { build } from './build.mjs'
import { setup } from './setup.mjs'

/** @returns {number} 0 for any free port */
function wantedPort() {
  const port = Number(process.env['PORT'] ?? 0)
  if (Number.isInteger(port) && port >= 0 && port <= 65535) return port
  throw new Failure(`PORT is "${process.env['PORT']}", which is not a port. Use a number up to 65535, or leave it out.`)
}

/** @param {NodeJS.ErrnoException} error @param {number} port */
function explainListen(error, port) {
  if (error.code === 'EADDRINUSE') return new Failure(`Port ${port} is taken by another program. Choose another PORT, or leave it out.`)
  if (error.code === 'EACCES') return new Failure(`Port ${port} needs root. Choose a PORT from 1024 up, or leave it out.`)
  return error
}

/** Ends when somebody asks for it: Ctrl-C, or a supervisor's SIGTERM. */
function askedToStop() {
  return new Promise((resolve) => {
    // Also heard again while stopping: a second Ctrl-C must not leave Mosquitto behind.
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, resolve)
  })
}

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
