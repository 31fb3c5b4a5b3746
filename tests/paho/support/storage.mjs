/* global DOMException */
// localStorage: its items are its enumerable properties, as in a browser.

export class ScriptedStorage {
  /** @param {Record<string, string>} [items] */
  constructor(items = {}) {
    Object.assign(this, items)
    for (const [name, value] of Object.entries({ full: false, writes: 0 })) Object.defineProperty(this, name, { value, writable: true })
  }

  /** @param {string} key */
  getItem(key) {
    return Object.hasOwn(this, key) ? /** @type {any} */ (this)[key] : null
  }

  /** @param {string} key @param {string} value */
  setItem(key, value) {
    if (/** @type {any} */ (this).full) throw new DOMException('The quota has been exceeded.', 'QuotaExceededError')
    ;/** @type {any} */ (this).writes++
    Object.assign(this, { [key]: String(value) })
  }

  /** @param {string} key */
  removeItem(key) {
    delete (/** @type {any} */ (this)[key])
  }

  clear() {
    for (const key of Object.keys(this)) this.removeItem(key)
  }

  get length() {
    return Object.keys(this).length
  }

  /** @param {number} index */
  key(index) {
    return Object.keys(this)[index] ?? null
  }
}
