// One row, one library, one round: a fresh page connects, checks what arrives byte by byte, warms up
// until its rate is known, and is then measured for about half a second.
import { quantile } from '../statistics.mjs'

/**
 * @typedef {{ browser: import('../chromium.mjs').Chromium, files: string, target: string }} Where
 *
 * @param {Where} where
 * @param {{ id: string, kind: string, parameters: object, unit: number, verify?: number }} row
 * @param {string} peer
 * @param {{ warmUp: number, measured: number }} milliseconds
 */
export async function measureTraffic({ browser, files, target }, row, peer, milliseconds) {
  const page = await browser.open(`${files}/bench/page/index.html?peer=${peer}`)
  const run = async (count, more = {}) => {
    const result = await page.call('bench.run', row.kind, { ...row.parameters, count, ...more })
    if (result.received === count && result.wrong === 0) return result
    throw new Error(`${result.wrong} of ${result.received} messages were not what they should be`)
  }
  try {
    await page.until('Boolean(globalThis.bench)')
    await page.call('bench.open', target)
    if (row.verify) await run(row.verify, { verify: true })
    const count = await warmUp(run, row.unit, milliseconds)
    const before = await page.processorTime()
    const result = await run(count)
    const after = await page.processorTime()
    await page.call('bench.close')
    if (page.errors.length > 0) throw new Error(page.errors.join('\n'))
    if (result.trips) return { p50: quantile(result.trips, 0.5) * 1000, p95: quantile(result.trips, 0.95) * 1000 }
    return {
      busy: ((after - before) / count) * 1e6,
      rate: (count / result.milliseconds) * 1000,
      ...(result.busy && { otherEnd: result.busy }),
    }
  } catch (error) {
    throw new Error(`${row.id}, ${peer}: ${error.message}`, { cause: error })
  } finally {
    await page.close()
  }
}

/** Twice as much each time, until it takes long enough to tell how many messages to measure. */
async function warmUp(run, unit, { warmUp, measured }) {
  for (let count = unit; ; count *= 2) {
    const { milliseconds } = await run(count)
    if (milliseconds >= warmUp) return Math.max(1, Math.round((count * measured) / milliseconds / unit)) * unit
  }
}
