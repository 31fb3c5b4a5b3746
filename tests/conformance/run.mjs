// npm run conformance -- [--only NAME,...] [--json] [--url URL] [--list] COMMAND...: checks a service in any language.
import { Failure, runMain } from '../../scripts/lib/run.mjs'
import { checks, runSuite } from './suite.mjs'

const usage = `npm run conformance -- [OPTION...] COMMAND [ARGUMENT...]
COMMAND starts one instance of the service, which finds WSMQ_URL, WSMQ_ROOT and WSMQ_SERVICE in its environment.
  --only NAME,...  only these checks
  --list           the names of the checks
  --json           the results as JSON
  --url URL        a broker of one's own in place of a private Mosquitto`

/** @param {readonly string[]} args */
function readOptions(args) {
  const options = {
    only: /** @type {string[]} */ ([]),
    json: false,
    list: false,
    help: false,
    url: /** @type {string | undefined} */ (undefined),
  }
  let next = 0
  for (; args[next]?.startsWith('--'); ++next) {
    const option = args[next]
    if (option === '--') {
      next += 1
      break
    }
    if (option === '--json') options.json = true
    else if (option === '--list') options.list = true
    else if (option === '--help') options.help = true
    else if (option === '--only') options.only.push(...(args[++next] ?? '').split(','))
    else if (option === '--url') options.url = args[++next]
    else throw new Failure(`There is no option ${option}.\n${usage}`)
  }
  const unknown = options.only.find((name) => !checks.some((check) => check.name === name))
  if (unknown !== undefined) throw new Failure(`There is no check "${unknown}". There are: ${checks.map(({ name }) => name).join(', ')}.`)
  return { ...options, command: args.slice(next) }
}

/** @param {import('./suite.mjs').Result} result */
function tell({ name, title, outcome, milliseconds, reason }) {
  const mark = { passed: 'ok     ', failed: 'FAILED ', skipped: 'skipped' }[outcome]
  console.log(`${mark} ${name}: ${title} (${milliseconds} ms)${reason ? `\n        ${reason.replaceAll('\n', '\n        ')}` : ''}`)
}

await runMain(async () => {
  const { json, list, help, command, ...options } = readOptions(process.argv.slice(2))
  if (help) return console.log(usage)
  if (list) return console.log(checks.map(({ name, title }) => `${name.padEnd(18)} ${title}`).join('\n'))
  if (command.length === 0) throw new Failure(usage)
  // Whoever is asked to stop takes what it started along.
  for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => process.exit(1))
  const results = await runSuite({ command, ...options, onResult: json ? undefined : tell }).catch((error) => {
    throw new Failure(`The checks could not begin or end. ${error.message}`)
  })
  const [passed, failed, skipped] = ['passed', 'failed', 'skipped'].map(
    (outcome) => results.filter((each) => each.outcome === outcome).length,
  )
  if (json) console.log(JSON.stringify({ command, passed, failed, skipped, checks: results }, null, 2))
  else console.log(`\n${passed} passed, ${failed} failed${skipped ? `, ${skipped} skipped` : ''}`)
  if (failed) process.exitCode = 1
})
