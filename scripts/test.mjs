// npm test [-- PART...] [--name TEXT]: builds and runs all tests, or those of some parts, or those whose name holds a text.
import { parseArgs } from 'node:util'
import { ExposureWatch } from './lib/exposure-watch.mjs'
import { Report } from './lib/report.mjs'
import { Failure, runMain } from './lib/run.mjs'
import { runStages } from './lib/stages.mjs'
import { needsOf, stages } from './lib/test-stages.mjs'
import { setup } from './setup.mjs'

const parts = Object.keys(needsOf)

function parse() {
  try {
    return parseArgs({ options: { name: { type: 'string' } }, allowPositionals: true })
  } catch (error) {
    throw new Failure(`${/** @type {Error} */ (error).message}\nUsage: npm test [-- PART...] [--name TEXT]`)
  }
}

/** @returns {{ named: string[], name: string | undefined }} the parts, all when none is named; what the names of tests must hold */
function readArguments() {
  const { values, positionals } = parse()
  const unknown = positionals.find((part) => !parts.includes(part))
  if (unknown) throw new Failure(`There is no part "${unknown}". Use one of: ${parts.join(', ')}.`)
  if (values.name === '') throw new Failure('--name needs a text that is part of the names of the tests to run.')
  return { named: positionals.length > 0 ? positionals : parts, name: values.name }
}

await runMain(async () => {
  const { named, name } = readArguments()
  await setup(['build', ...new Set(named.flatMap((part) => needsOf[part] ?? []))])
  const report = new Report()
  const exposure = new ExposureWatch()
  exposure.start()
  const wanted = (await stages()).filter(({ part, onDemand }) => named.includes(part) && !(onDemand && named === parts))
  await runStages(report, wanted, name)
  const open = await exposure.stop()
  if (name === undefined)
    await report.step('Nothing listens except on loopback', async () => {
      return { passed: open.length > 0 ? 0 : 1, failed: open.length, skipped: 0, output: open.join('\n') }
    })
  report.close()
})
