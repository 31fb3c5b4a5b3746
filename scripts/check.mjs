// npm run check [-- NAME...]: everything that can be found without running the code. npm run format fixes the layout.
import { existsSync } from 'node:fs'
import { buildPreset } from './lib/cmake.mjs'
import { checkDocs } from './lib/check-docs.mjs'
import { runClangTidy } from './lib/clang-tidy.mjs'
import { sourceFiles } from './lib/files.mjs'
import { Report } from './lib/report.mjs'
import { root } from './lib/root.mjs'
import { Failure, isMain, runMain } from './lib/run.mjs'
import { build } from './build.mjs'
import { setup } from './setup.mjs'

/** A tool of node_modules, run by its file so that a missing one is never fetched. @param {string} path */
const tool = (path) => `${root}node_modules/${path}`

/** @type {Record<string, (report: Report) => Promise<void>>} */
const checks = {
  async 'clang-format'(report) {
    const files = await sourceFiles(['core', 'messaging', 'native', 'wasm', 'tests', 'bench'], /\.[ch]pp$/)
    await report.check('clang-format', 'clang-format-14', ['--dry-run', '-Werror', ...files.filter((file) => existsSync(root + file))])
  },
  async 'clang-tidy'(report) {
    await report.step('clang-tidy', runClangTidy)
  },
  async prettier(report) {
    await report.check('prettier', process.execPath, [tool('prettier/bin/prettier.cjs'), '--check', '--log-level=warn', '.'])
  },
  async eslint(report) {
    await report.check('eslint', process.execPath, [tool('eslint/bin/eslint.js'), '.'])
  },
  async tsc(report) {
    const projects = ['tsconfig.json', 'js/tsconfig.json', 'wasm/tsconfig.json', 'demo/tsconfig.json'].filter((file) =>
      existsSync(root + file),
    )
    for (const project of projects) {
      await report.check(`tsc ${project}`, process.execPath, [
        tool('typescript/bin/tsc'),
        '--noEmit',
        '--emitDeclarationOnly',
        'false',
        '--project',
        project,
      ])
    }
  },
  async docs(report) {
    await report.step('docs', checkDocs)
  },
  async publint(report) {
    await report.check('publint', process.execPath, [tool('publint/src/cli.js'), '--strict'])
  },
}

export const checkNames = Object.keys(checks)

/**
 * @param {Report} report
 * @param {readonly string[]} names
 */
export async function check(report, names) {
  for (const name of names) await checks[name]?.(report)
}

if (await isMain(import.meta.url)) {
  const names = process.argv.slice(2)
  await runMain(async () => {
    const unknown = names.find((name) => !checks[name])
    if (unknown) throw new Failure(`There is no check "${unknown}". Use one of: ${checkNames.join(', ')}.`)
    const wants = (/** @type {string} */ name) => names.length === 0 || names.includes(name)
    await setup(['build', 'lint', 'native', 'native tests'])
    if (wants('clang-tidy')) await buildPreset('debug')
    if (wants('publint')) await build()
    const report = new Report()
    await check(report, names.length > 0 ? names : checkNames)
    report.close()
  })
}
