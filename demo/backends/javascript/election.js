/** Who answers where the broker has no shared subscriptions: all instances receive everything, and come to the same one. */

const longestRecord = 4096 // bytes
const longestDelay = 500 // ms until a newcomer is told that this instance is there
const shortestPause = 2000 // ms between two times, twice as long after each,
const longestPause = 64_000 // up to this; from the beginning when nobody has come for so long
const mask = (1n << 64n) - 1n

/** FNV-1a of 64 bits and MurmurHash3's finalizer. */
function hash(text) {
  let value = 0xcbf2_9ce4_8422_2325n
  for (const byte of Buffer.from(text)) value = ((value ^ BigInt(byte)) * 0x100_0000_01b3n) & mask
  value = ((value ^ (value >> 33n)) * 0xff51_afd7_ed55_8ccdn) & mask
  value = ((value ^ (value >> 33n)) * 0xc4ce_b9fe_1a85_ec53n) & mask
  return value ^ (value >> 33n)
}

export class Election {
  #online = new Map() // when their records expire, as the broker tells on this connection, this instance included
  #pause = 0
  #lastTold = -Infinity
  #lastNewcomer = -Infinity
  #timer

  /** `tell` publishes the record of `own` again. */
  constructor(own, tell) {
    this.own = own
    this.tell = tell
  }

  /** On each connection the broker tells of everybody anew. */
  clear() {
    this.#online.clear()
    this.#timer = clearTimeout(this.#timer)
  }

  handleRecord(instance, { payload, retain, properties }) {
    if (payload.length > longestRecord || !/^(?!_)[\w.-]{1,64}$/.test(instance)) return
    if (!isOnline(payload)) return void this.#online.delete(instance)
    const isNew = !this.#online.has(instance)
    this.#online.set(instance, performance.now() + (properties?.messageExpiryInterval ?? Infinity) * 1000)
    if (isNew && !retain && instance !== this.own) this.#greet()
  }

  /** Whether this instance answers; `id` is undefined where there is none. */
  elects(uid, id = '') {
    let winner
    let highest = -1n
    for (const [instance, expires] of this.#online) {
      if (expires <= performance.now()) continue // it died with its broker, which said nothing
      const weight = hash(`${instance}/${uid}/${id}`)
      if (weight < highest || (weight === highest && instance < winner)) continue
      highest = weight
      winner = instance
    }
    return winner === this.own
  }

  /** The newcomer may be at a broker that does not deliver what is retained. */
  #greet() {
    const now = performance.now()
    if (now - this.#lastNewcomer >= longestPause) this.#pause = 0
    this.#lastNewcomer = now
    const due = Math.max(now + Math.random() * longestDelay, this.#lastTold + Math.max(this.#pause, shortestPause))
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined
      this.#lastTold = performance.now()
      this.#pause = Math.min(Math.max(2 * this.#pause, shortestPause), longestPause)
      this.tell()
    }, due - now)
  }
}

function isOnline(payload) {
  try {
    return JSON.parse(payload.toString())?.online === true
  } catch {
    return false
  }
}
