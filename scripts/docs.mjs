// npm run docs [-- --build | --dev]: builds the site of docs/, with the reference of the package and of the headers, and
// serves it on a free loopback port (PORT chooses one). --build only builds it, in build/site; --dev serves the pages as
// they are edited.
import { parseArgs } from 'node:util'
import { startPageServer } from '../tests/support/page-server.mjs'
import { buildSite, vitepress, writeReference } from './lib/docs-site.mjs'
import { root } from './lib/root.mjs'
import { Failure, must, runMain } from './lib/run.mjs'
import { askedToStop, explainListen, wantedPort } from './lib/server-options.mjs'
import { build } from './build.mjs'
import { setup } from './setup.mjs'

function readArguments() {
  try {
    return parseArgs({ options: { build: { type: 'boolean' }, dev: { type: 'boolean' } } }).values
  } catch (error) {
    throw new Failure(`${/** @type {Error} */ (error).message}\nUsage: npm run docs [-- --build | --dev]`)
  }
}

await runMain(async () => {
  const options = readArguments()
  const port = wantedPort()
  await setup(['build', 'docs'])
  await build()
  if (options.dev) {
    await writeReference()
    const chosen = port === 0 ? [] : ['--port', String(port)]
    await must(process.execPath, [vitepress, 'dev', `${root}docs/site`, ...chosen], { live: true })
    return
  }
  const folder = await buildSite()
  if (options.build) return console.log(`The site is in ${folder}.`)
  const stop = askedToStop()
  // VitePress has scripts in its pages.
  const server = await startPageServer({ port, roots: { '/': folder }, contentSecurityPolicy: '' }).catch((error) => {
    throw explainListen(error, port)
  })
  console.log(`\nThe site: ${server.url}\nCtrl-C stops it.\n`)
  await stop
  await server.close()
})
