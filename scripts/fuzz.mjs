// npm run fuzz [-- SECONDS [TARGET...]]: replays each corpus, then searches; 30 s for each target by default.
// What it finds is left in build/fuzz/found; an input that crashed belongs in tests/fuzz/corpus once the fault is fixed.
import { mkdir, readdir } from 'node:fs/promises'
import { availableParallelism } from 'node:os'
import { buildPreset } from './lib/cmake.mjs'
import { Report } from './lib/report.mjs'
import { root } from './lib/root.mjs'
import { forEach, isMain, runMain } from './lib/run.mjs'
import { replayCorpus } from './lib/suites.mjs'
import { setup } from './setup.mjs'

const found = `${root}build/fuzz/found`

/** @returns {Promise<string[]>} names of the targets, as in tests/fuzz/<name>_fuzz.cpp */
async function allTargets() {
  const files = await readdir(`${root}tests/fuzz`)
  return files.flatMap((file) => /^(.+)_fuzz\.cpp$/.exec(file)?.[1] ?? [])
}

/**
 * Lets the targets search, as many side by side as there are processors.
 * @param {Report} report
 * @param {number} seconds for each target
 * @param {readonly string[]} [targets]
 */
export async function fuzz(report, seconds, targets) {
  await mkdir(found, { recursive: true })
  await forEach(targets ?? (await allTargets()), availableParallelism(), (name) => search(report, seconds, name))
}

/** @param {Report} report @param {number} seconds @param {string} name */
async function search(report, seconds, name) {
  const learnt = `${root}build/fuzz/learnt/${name}`
  await mkdir(learnt, { recursive: true })
  await report.check(`Fuzzing ${name} for ${seconds} s`, `${root}build/fuzz/tests/fuzz/${name}_fuzz`, [
    `-max_total_time=${seconds}`,
    '-timeout=10',
    '-rss_limit_mb=2048',
    '-print_final_stats=1',
    `-artifact_prefix=${found}/${name}-`,
    `-dict=${root}tests/fuzz/${name}.dict`,
    learnt, // new inputs go into the first, never into the committed corpus
    `${root}tests/fuzz/corpus/${name}`,
  ])
}

if (await isMain(import.meta.url)) {
  const [seconds = '30', ...targets] = process.argv.slice(2)
  await runMain(async () => {
    await setup(['build', 'fuzz'])
    await buildPreset('fuzz')
    const report = new Report()
    await report.step('Fuzz corpus', replayCorpus)
    await fuzz(report, Number(seconds), targets.length > 0 ? targets : undefined)
    report.close()
  })
}
