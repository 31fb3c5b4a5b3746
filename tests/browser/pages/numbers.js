/** Which numbers came, how often, and whether in order. */
export class Numbers {
  #seen = new Map()
  #last = -1
  #total = 0
  #inOrder = true

  /** @param {number} number */
  add(number) {
    this.#total += 1
    const times = this.#seen.get(number) ?? 0
    this.#seen.set(number, times + 1)
    // What comes again may come late (MQTT 5.0, 4.6): only the first time counts.
    if (times > 0) return
    if (number < this.#last) this.#inOrder = false
    this.#last = number
  }

  facts() {
    return { total: this.#total, distinct: this.#seen.size, inOrder: this.#inOrder }
  }
}
