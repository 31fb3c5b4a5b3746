// npm run brokers [-- BROKER...]: measures what brokers do, with the built package, and prints a matrix. Without names, all
// that this machine can start. A broker of your own, or a cluster with one URL for each node:
//   npm run brokers -- --url ws://node1/mqtt [--url ws://node2/mqtt] [--tcp mqtt://node1] [--username NAME --password TEXT]
//     [--accounts 'command'] [--name EMQX]
// --json, --markdown: how it is printed. --only TEXT: rows that hold it. docs/brokers.md says more.
import { existsSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { parseArgs } from 'node:util'
import { root } from './lib/root.mjs'
import { Failure, lastLines, run, runMain, seconds } from './lib/run.mjs'

/** @typedef {import('../tests/brokers/suite/table.mjs').Column} Column */

const usage = 'npm run brokers [-- BROKER... | --url URL...] [--json | --markdown] [--only TEXT]'

function parse() {
  try {
    return parseArgs({
      allowPositionals: true,
      options: {
        url: { type: 'string', multiple: true },
        tcp: { type: 'string' },
        username: { type: 'string' },
        password: { type: 'string' },
        accounts: { type: 'string' },
        name: { type: 'string' },
        only: { type: 'string' },
        json: { type: 'boolean' },
        markdown: { type: 'boolean' },
      },
    })
  } catch (error) {
    throw new Failure(`${/** @type {Error} */ (error).message}\n${usage}`)
  }
}

/**
 * Credentials as a command prints them: {"username", "password"} and, where the account is bound to another one, "clientId".
 * @param {string} command
 */
const accountsOf = (command) => async (/** @type {string} */ role, /** @type {string} */ name) => {
  const { NotTried } = await import('../tests/brokers/suite/lab.mjs')
  const { code, output } = await run('sh', ['-c', `${command} "$1" "$2"`, 'accounts', role, name], { cwd: process.cwd() })
  if (code !== 0) throw new NotTried(`the command for accounts failed: ${lastLines(output, 1).trim()}`)
  try {
    return JSON.parse(output)
  } catch {
    throw new NotTried('the command for accounts does not print JSON')
  }
}

/** What is running and has to be ended. @type {Set<() => Promise<void>>} */
const open = new Set()

/** @param {import('../tests/brokers/known.mjs').Known} known @param {string | undefined} only @returns {Promise<Column>} */
async function measureKnown({ name, isHere, start }, only) {
  if (!isHere()) return { name, absent: 'not available here' }
  const begin = performance.now()
  console.error(`${name} ...`)
  const { version, target, close } = await start()
  open.add(close)
  try {
    return { name, version, results: await measure(target, only, name) }
  } finally {
    open.delete(close)
    await close()
    console.error(`${name}: measured in ${seconds(performance.now() - begin)}`)
  }
}

/** @param {import('../tests/brokers/suite/lab.mjs').Target} target @param {string | undefined} only @param {string} name */
async function measure(target, only, name) {
  const { runSuite } = await import('../tests/brokers/suite/run.mjs')
  return runSuite(target, {
    ...(only ? { only } : {}),
    progress: (row, version, value) => console.error(`${name}, MQTT ${version}, ${row}: ${value}`),
  })
}

/** @param {string[]} names @param {string | undefined} only @returns {Promise<Column[]>} */
async function measureAll(names, only) {
  const { brokers } = await import('../tests/brokers/known.mjs')
  const wanted = names.map((name) => {
    const found = brokers.find((each) => each.name.toLowerCase().startsWith(name.toLowerCase()))
    if (!found) throw new Failure(`There is no broker "${name}". There are: ${brokers.map((each) => each.name).join(', ')}.`)
    return found
  })
  const waiting = wanted.length > 0 ? wanted : brokers
  /** @type {Column[]} */
  const columns = waiting.map(({ name }) => ({ name, absent: '' }))
  let next = 0
  await Promise.all(
    Array.from({ length: Math.min(2, availableParallelism()) }, async () => {
      for (let index = next++; index < waiting.length; index = next++) {
        const known = /** @type {import('../tests/brokers/known.mjs').Known} */ (waiting[index])
        columns[index] = await measureKnown(known, only).catch((error) => ({
          name: known.name,
          absent: `did not start (${error.message.split('\n')[0]})`,
        }))
      }
    }),
  )
  return columns
}

await runMain(async () => {
  const { values, positionals } = parse()
  const { url: urls, tcp, username, password, accounts, name = 'Yours', only, json, markdown: isMarkdown } = values
  if (!urls && (tcp ?? username ?? password ?? accounts) !== undefined) throw new Failure(`Say where the broker is: --url.\n${usage}`)
  if (urls && positionals.length > 0) throw new Failure('Either brokers by name, or one by --url.')
  if (!existsSync(`${root}dist/webapp.js`)) throw new Failure('The package is not built. Run: npm run build')
  for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP']))
    process.once(signal, () => void Promise.all([...open].map((close) => close())).finally(() => process.exit(130)))

  /** @type {Column[]} */
  let columns
  if (urls) {
    const credentials =
      username === undefined ? {} : { credentials: { username, password: password ?? process.env['WSMQ_PASSWORD'] ?? '' } }
    const bound = accounts === undefined ? {} : { accounts: accountsOf(accounts), boundUrls: urls }
    const target = { urls, ...(tcp ? { tcpUrl: tcp } : {}), ...credentials, ...bound }
    const results = await measure(target, only, name).catch((error) => {
      throw new Failure(error.message)
    })
    columns = [{ name, results }]
  } else {
    columns = await measureAll(positionals, only)
  }
  const { markdown, text } = await import('../tests/brokers/suite/table.mjs')
  const date = new Date().toISOString().slice(0, 10)
  if (json) console.log(JSON.stringify({ date, brokers: columns }, undefined, 2))
  else console.log(isMarkdown ? `Measured ${date}.\n\n${markdown(columns)}` : `Measured ${date}\n\n${text(columns)}`)
  process.exit() // whatever a library still waits for
})
