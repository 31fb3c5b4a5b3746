// Loaded when the first credentials, or the first address, are given that may expire.
import type { ExpiringCredentials } from '../options.js'
import type { Asker, Given } from './asking.js'
import { Renewal } from './renewal.js'

export class Renewals {
  readonly #ofCredentials: Renewal
  readonly #ofAddress: Renewal

  /** `keep` has credentials used for the next attempt. */
  constructor(asker: Asker, keep: (ahead: ExpiringCredentials) => void) {
    this.#ofAddress = new Renewal(asker, () => {
      asker.renew()
      return undefined
    })
    this.#ofCredentials = new Renewal(asker, async (isBetter) => {
      const given = await asker.ask()
      if (!isBetter(given)) return undefined
      // Authentication data is for the present connection, and asked for anew for the next.
      if (given.authenticationData === undefined) keep(given)
      asker.renew(given)
      return given
    })
  }

  note(given: Given): void {
    const renewal = typeof given === 'string' ? this.#ofAddress : this.#ofCredentials
    renewal.note(given)
  }

  stop(): void {
    this.#ofAddress.stop()
    this.#ofCredentials.stop()
  }
}
