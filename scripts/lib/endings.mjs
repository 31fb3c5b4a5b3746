/** What has been started, to be ended in the opposite order: each of it, also where another fails. */
export class Endings {
  /** @type {(() => unknown)[]} */
  #all = []

  /**
   * @template {{ close: () => unknown }} Started
   * @param {Started} started
   */
  add(started) {
    this.#all.push(() => started.close())
    return started
  }

  /** Of several failures the first is thrown, once all is ended. */
  async close() {
    /** @type {unknown[]} */
    const errors = []
    for (let end = this.#all.pop(); end; end = this.#all.pop()) {
      try {
        await end()
      } catch (error) {
        errors.push(error)
      }
    }
    if (errors.length > 0) throw errors[0]
  }
}
