// Brokers that Debian does not package, and where `npm run setup -- brokers` puts them.
import { existsSync } from 'node:fs'
import { cp, mkdir, mkdtemp, rename, rm } from 'node:fs/promises'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { isInstalled } from './installed.mjs'
import { root } from './root.mjs'
import { lastLines, run, timed } from './run.mjs'

const directory = join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'websocket-mq', 'brokers')

/**
 * @typedef {object} Program
 * @property {string} version
 * @property {string} place its directory, by version
 * @property {string} file exists once it is complete
 * @property {string} builder the program that fetches and builds it
 * @property {(to: string) => { program: string, args: string[], cwd?: string, env?: Record<string, string> }} fetch
 */

/** @param {string} name @param {string} module @param {string} version @param {string} program @returns {Program} */
function goProgram(name, module, version, program) {
  const place = join(directory, `${name}-${version}`)
  return {
    version: version.slice(1),
    place,
    file: join(place, program),
    builder: 'go',
    fetch: (to) => ({ program: 'go', args: ['install', `${module}@${version}`], env: { GOBIN: to } }),
  }
}

const hivemqVersion = '2025.5'

/** Mosquitto, RabbitMQ and ejabberd come from Debian. */
export const programs = /** @type {const} @satisfies {Record<string, Program>} */ ({
  nats: goProgram('nats', 'github.com/nats-io/nats-server/v2', 'v2.15.2', 'nats-server'),
  mochi: goProgram('mochi', 'github.com/mochi-mqtt/server/v2/cmd/docker', 'v2.7.9', 'docker'),
  hivemq: {
    version: hivemqVersion,
    place: join(directory, `hivemq-${hivemqVersion}`),
    file: join(directory, `hivemq-${hivemqVersion}`, `hivemq-community-edition-embedded-${hivemqVersion}.jar`),
    builder: 'mvn',
    fetch: (to) => ({
      program: 'mvn',
      args: ['-q', '-B', `-Dhivemq.version=${hivemqVersion}`, 'dependency:copy-dependencies', `-DoutputDirectory=${to}`],
      cwd: `${root}tests/support/brokers/hivemq`,
    }),
  },
})

/** @param {Program} program @returns {string} what to start */
export function fetched({ file }) {
  if (!existsSync(file)) throw new Error(`${file} does not exist. Run: npm run setup -- brokers`)
  return file
}

/** Fetches the missing ones. One that cannot be fetched is reported and skipped, as in the matrix. */
export async function fetchBrokers() {
  for (const [name, program] of Object.entries(programs)) {
    if (existsSync(program.file)) continue
    const wrong = isInstalled(program.builder)
      ? await timed(`Fetching ${name} ${program.version}`, () => fetchBroker(program))
      : `${program.builder} is not installed`
    if (wrong) console.log(`${name} ${program.version} is not available here: ${wrong}`)
  }
}

/** @param {Program} program @returns {Promise<string | undefined>} what went wrong */
async function fetchBroker({ place, fetch }) {
  await mkdir(directory, { recursive: true })
  const unfinished = await mkdtemp(`${place}.`)
  try {
    const { program, args, cwd, env } = fetch(unfinished)
    const { code, output } = await run(program, args, { ...(cwd ? { cwd } : {}), ...(env ? { env } : {}) })
    if (code !== 0) return lastLines(output, 20)
    // In one step, so that an existing directory is complete.
    await rename(unfinished, place).catch(() => cp(unfinished, place, { recursive: true, force: false }))
    return undefined
  } finally {
    await rm(unfinished, { recursive: true, force: true })
  }
}
