// npm run coverage: which branches of core/ the unit tests take. The report by line is in coverage/index.html.
import { mkdir, readdir, rm } from 'node:fs/promises'
import { buildPreset } from './lib/cmake.mjs'
import { root } from './lib/root.mjs'
import { Failure, must, runMain, timed } from './lib/run.mjs'
import { runUnitTests } from './lib/suites.mjs'
import { setup } from './setup.mjs'

const build = `${root}build/coverage`

/** Counts accumulate over runs, so those of the last run are deleted. */
async function forgetCounts() {
  const files = await readdir(build, { recursive: true })
  await Promise.all(files.filter((file) => file.endsWith('.gcda')).map((file) => rm(`${build}/${file}`)))
}

await runMain(async () => {
  await setup(['build', 'native tests', 'coverage'])
  await buildPreset('coverage')
  await forgetCounts()
  const { passed, failed, output } = await timed('Unit tests', () => runUnitTests('coverage'))
  if (failed > 0) throw new Failure(`${output}\n${failed} unit tests failed, so the coverage would mean nothing.`)

  await mkdir(`${root}coverage`, { recursive: true })
  const table = await must('gcovr', [
    ...['--root', root, '--object-directory', build, '--filter', `${root}core/`],
    ...['--exclude-throw-branches', '--exclude-unreachable-branches'],
    ...['--branches', '--print-summary', '--html-details', `${root}coverage/index.html`],
    ...['--txt', '-'],
    build,
  ])
  console.log(`${table}\nby ${passed} unit tests; by line: coverage/index.html`)
})
