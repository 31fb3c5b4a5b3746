// Loaded before a file of tests (scripts/lib/suites.mjs). When the tests have ended and something that they started keeps
// the process alive, or outlives it, this is said on stderr, ended and counts as a failure of the file. Otherwise the run
// would wait for it.
import { after } from 'node:test'
import { isMainThread } from 'node:worker_threads'
import { endLeftovers, markChildren, prefix, sentence } from './leftovers.mjs'

/** Time for what closes after the tests, milliseconds. */
const grace = Number(process.env['LEFTOVERS_GRACE'] ?? 30_000)

const file = process.argv[1] ?? ''
// Threads and child processes of a test load this as well.
if (isMainThread && process.env['NODE_TEST_CONTEXT'] && /\.test\.m?js$/.test(file)) {
  const runner = process.ppid
  markChildren(runner, file)
  after(() => void setTimeout(giveUp, grace).unref())
  process.on('exit', () => {
    const left = endLeftovers(runner, { file, patience: Math.min(grace, 3000) })
    if (left.length === 0) return
    console.error(sentence(left))
    process.exitCode = 1
  })
}

function giveUp() {
  const resources = [...new Set(process.getActiveResourcesInfo())].join(', ')
  console.error(
    `${prefix}the tests ended ${grace / 1000} s ago, but these keep their process alive: ${resources}. ` +
      'Tests close what they open, in after() or finally.',
  )
  process.exit(1)
}
