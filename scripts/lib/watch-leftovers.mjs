// Loaded before a file of tests (scripts/lib/suites.mjs). When the tests have ended and what they opened keeps the process
// alive, this is said on stderr and the process ended with a failure; the run would wait for it. Programs that outlive the
// process are found by their mark.
import { after } from 'node:test'
import { isMainThread } from 'node:worker_threads'
import { markChildren, prefix } from './leftovers.mjs'

/** Time for what closes after the tests, milliseconds. */
const grace = Number(process.env['LEFTOVERS_GRACE'] ?? 30_000)

const file = process.argv[1] ?? ''
// Threads and child processes of a test load this as well.
if (isMainThread && process.env['NODE_TEST_CONTEXT'] && /\.test\.m?js$/.test(file)) {
  markChildren(process.ppid, file)
  after(() => void setTimeout(giveUp, grace).unref())
}

function giveUp() {
  const resources = [...new Set(process.getActiveResourcesInfo())].join(', ')
  console.error(
    `${prefix}the tests ended ${grace / 1000} s ago, but these keep their process alive: ${resources}. ` +
      'Tests close what they open, in after() or finally.',
  )
  process.exit(1)
}
