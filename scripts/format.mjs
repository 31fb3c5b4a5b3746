// npm run format: formats all sources as npm run check requires.
import { existsSync } from 'node:fs'
import { sourceFiles } from './lib/files.mjs'
import { root } from './lib/root.mjs'
import { must, runMain } from './lib/run.mjs'
import { setup } from './setup.mjs'

await runMain(async () => {
  await setup(['lint'])
  const files = await sourceFiles(['core', 'messaging', 'native', 'wasm', 'tests', 'bench'], /\.[ch]pp$/)
  await must('clang-format-14', ['-i', ...files.filter((file) => existsSync(root + file))])
  await must(process.execPath, [`${root}node_modules/prettier/bin/prettier.cjs`, '--write', '--log-level=warn', '.'], { live: true })
})
