import { setTimeout as sleep } from 'node:timers/promises'

/** Milliseconds, long beyond any sound run: only what hangs takes longer. */
const patience = 60_000

/**
 * What a promise gives, or an error that names it where that takes too long. What it stands for goes on.
 * @template T
 * @param {string} what
 * @param {T | PromiseLike<T>} promise
 * @param {number} [limit] milliseconds
 * @returns {Promise<T>}
 */
export async function within(what, promise, limit = patience) {
  const settled = new AbortController()
  const late = sleep(limit, undefined, { signal: settled.signal }).then(() => {
    throw new Error(`Not within ${limit / 1000} s: ${what}`)
  })
  try {
    return await Promise.race([promise, late])
  } finally {
    settled.abort()
  }
}

/**
 * Asks until the answer is yes; an error counts as no, and so does an answer that never comes.
 * @param {string} what
 * @param {() => unknown} condition
 * @param {number} [limit] milliseconds
 */
export async function eventually(what, condition, limit = patience) {
  const deadline = performance.now() + limit
  for (;;) {
    /** @type {unknown} */
    let reason
    try {
      if (await within(`an answer to whether ${what}`, condition(), deadline - performance.now())) return
    } catch (error) {
      reason = error
    }
    if (performance.now() > deadline) throw new Error(`Not within ${limit / 1000} s: ${what}`, { cause: reason })
    await sleep(20)
  }
}
