// How often each of many may do something.
import { Refusal } from './http.mjs'

/** Names that are remembered. Whoever was not heard of for longest is forgotten first. */
const most = 10_000

/** Each name has a number of tries, which come back one by one. */
export class RateLimit {
  /** @type {Map<string, { left: number, at: number }>} in the order of their last use */
  #buckets = new Map()
  #burst
  #perSecond
  #now

  /**
   * @param {{ burst: number, perSecond: number }} rate
   * @param {() => number} [now] milliseconds of a clock that is not set back
   */
  constructor({ burst, perSecond }, now = () => performance.now()) {
    this.#burst = burst
    this.#perSecond = perSecond
    this.#now = now
  }

  /** Counts one try. Throws the refusal (429) where there is none left. @param {string} name */
  take(name) {
    const now = this.#now()
    const { left, at } = this.#buckets.get(name) ?? { left: this.#burst, at: now }
    const have = Math.min(this.#burst, left + ((now - at) / 1000) * this.#perSecond)
    const isAllowed = have >= 1
    this.#buckets.delete(name)
    this.#buckets.set(name, { left: isAllowed ? have - 1 : have, at: now })
    if (this.#buckets.size > most) this.#buckets.delete(/** @type {string} */ (this.#buckets.keys().next().value))
    if (isAllowed) return
    const seconds = Math.max(1, Math.ceil((1 - have) / this.#perSecond))
    throw new Refusal(429, 'rate_limited', `Too many requests. Try again in ${seconds} s.`, { 'Retry-After': String(seconds) })
  }
}
