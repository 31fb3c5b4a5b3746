// npm start: Mosquitto and the demo page, on free loopback ports (PORT chooses the page's), with simulated devices and
// every demo service whose toolchain is there.
import { startBroker } from '../tests/support/broker.mjs'
import { startPageServer } from '../tests/support/page-server.mjs'
import { DemoPrograms } from './lib/demo-programs.mjs'
import { root } from './lib/root.mjs'
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
  const broker = await startBroker()
  const programs = new DemoPrograms(`mqtt://127.0.0.1:${broker.tcpPort}`)
  try {
    const pages = await startPageServer({
      port,
      brokerPort: broker.webSocketPort,
      roots: { '/': `${root}demo`, '/dist/': `${root}dist` },
    }).catch((error) => {
      throw explainListen(error, port)
    })
    console.log(`\nThe page:   ${pages.url}\nThe broker: ${broker.url} and mqtt://127.0.0.1:${broker.tcpPort}\nCtrl-C stops all.\n`)
    // The page is of use without them, and the first time some take minutes to compile.
    void programs.start()
    await stop
    console.log('\nStopping ...')
    await pages.close()
  } finally {
    await programs.stop()
    await broker.close()
  }
  console.log('Stopped.')
})
