// Runs the probes against one broker. Each has a time of its own, and what it throws is what it found.
import { setTimeout as sleep } from 'node:timers/promises'
import { Lab, NotTried } from './lab.mjs'
import { probes } from './probes/index.mjs'

/**
 * @typedef {object} Probe
 * @property {string} row what it measures
 * @property {(4 | 5)[]} [versions] that it makes sense for; both by default
 * @property {number} [seconds] that it may take, 15 by default
 * @property {boolean} [alone] it would disturb others, or be disturbed
 * @property {(lab: Lab) => Promise<string>} run the value: "yes", "no", either with more in brackets, or what was measured
 *
 * @typedef {{ [row: string]: { [version: string]: string } }} Results by `3.1.1` and `5`
 */

export const versionNames = /** @type {const} */ ({ 3: '3.1', 4: '3.1.1', 5: '5' })
const atOnce = 6 // they mostly wait

/** @type {(4 | 5)[]} */
const both = [4, 5]

/** @param {import('./lab.mjs').Target} target @returns {Promise<(3 | 4 | 5)[]>} versions of MQTT that it speaks */
export async function acceptedVersions(target) {
  /** @type {(3 | 4 | 5)[]} */
  const accepted = []
  let wrong
  for (const version of /** @type {const} */ ([3, 4, 5])) {
    const lab = new Lab(target, version)
    try {
      await lab.ours({ connectTimeout: 5000 })
      accepted.push(version)
    } catch (error) {
      wrong = error
    } finally {
      await lab.close()
    }
  }
  if (accepted.length === 0) throw new Error(`No connection to ${target.urls[0]}: ${messageOf(wrong)}`)
  return accepted
}

/**
 * @param {import('./lab.mjs').Target} target
 * @param {{ only?: string, progress?: (row: string, version: string, value: string) => void }} [options] `only` rows that
 *   hold this text
 * @returns {Promise<Results>}
 */
export async function runSuite(target, { only = '', progress = () => {} } = {}) {
  const accepted = await acceptedVersions(target)
  const wanted = probes.filter(({ row }) => row.includes(only))
  /** @type {Results} */
  const results = { 'versions of MQTT': { all: accepted.map((version) => versionNames[version]).join(', ') } }
  const jobs = wanted.flatMap((probe) => (probe.versions ?? both).map((version) => ({ probe, version })))
  for (const { row, versions = both } of wanted)
    results[row] = Object.fromEntries(versions.map((version) => [versionNames[version], `not tried (no MQTT ${versionNames[version]})`]))
  const possible = jobs.filter(({ version }) => accepted.includes(version))

  /** @param {typeof jobs[number]} job */
  async function work({ probe, version }) {
    const value = await measure(probe, target, version)
    Object.assign(/** @type {object} */ (results[probe.row]), { [versionNames[version]]: value })
    progress(probe.row, versionNames[version], value)
  }
  const together = possible.filter(({ probe }) => !probe.alone)
  await Promise.all(
    Array.from({ length: atOnce }, async () => {
      for (let job = together.shift(); job; job = together.shift()) await work(job)
    }),
  )
  for (const job of possible.filter(({ probe }) => probe.alone)) await work(job)
  return results
}

/** @param {Probe} probe @param {import('./lab.mjs').Target} target @param {4 | 5} version @returns {Promise<string>} never rejects */
export async function measure({ run, seconds = 15 }, target, version) {
  const lab = new Lab(target, version)
  const over = new AbortController()
  const limit = sleep(seconds * 1000, `no (not over after ${seconds} s)`, { signal: over.signal })
  try {
    const running = run(lab)
    running.catch(() => {}) // where its time is over first
    return await Promise.race([running, limit])
  } catch (error) {
    return error instanceof NotTried ? `not tried (${error.message})` : `no (${messageOf(error)})`
  } finally {
    limit.catch(() => {})
    over.abort()
    await lab.close()
  }
}

/** Short enough for a table. @param {any} error */
function messageOf(error) {
  if (/^[a-z_]+$/.test(error?.code ?? '')) return error.code // of the package; its messages hold names that are made up
  const [line = ''] = String(error?.message ?? error).split('\n')
  return line.length > 120 ? `${line.slice(0, 117)}...` : line
}
