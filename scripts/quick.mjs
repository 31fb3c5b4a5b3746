// npm run quick -- NAME: builds only the C++ test programs that hold tests of that name, and runs only those tests. NAME is
// a part of Suite.Test, for example Backoff.
import { existsSync } from 'node:fs'
import { buildPreset } from './lib/cmake.mjs'
import { root } from './lib/root.mjs'
import { Failure, run, runMain } from './lib/run.mjs'
import { programsWith } from './lib/test-programs.mjs'
import { setup } from './setup.mjs'

await runMain(async () => {
  const [name] = process.argv.slice(2)
  if (!name) throw new Failure('Usage: npm run quick -- NAME, where NAME is a part of Suite.Test, for example Backoff.')
  const programs = await programsWith(name)
  if (programs.length === 0) throw new Failure(`No C++ test has "${name}" in its name (Suite.Test).`)
  // Looking for what is missing takes longer than a build of one file.
  if (!existsSync(`${root}build/debug/build.ninja`)) await setup(['build', 'native', 'native tests', 'broker'])
  await buildPreset('debug', { targets: programs.map(({ target }) => target) })
  for (const { path } of programs) {
    const { code } = await run(`${root}build/debug/${path}`, ['--gtest_brief=1', `--gtest_filter=*${name}*`], { live: true })
    if (code !== 0) process.exitCode = 1
  }
})
