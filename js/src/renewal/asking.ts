// What the application's functions answer before each attempt. What expires is renewed by renewal.ts, which is loaded then.
import { imported } from '../imported.js'
import type { Log } from '../log.js'
import type { Module } from '../module.js'
import type { ExpiringCredentials } from '../options.js'
import type { Renewals } from './renewals.js'

/** A credentials function's answer, or an address function's. */
export type Given = ExpiringCredentials | string

export interface Asker {
  readonly timers: Pick<Module, 'setTimer' | 'clearTimer'>
  readonly log: Log
  report(error: unknown): void
  isConnected(): boolean
  /** Asks the application for credentials. */
  ask(): ExpiringCredentials | Promise<ExpiringCredentials>
  /** Renews the connection with these, or with what the next attempt asks for. */
  renew(given?: ExpiringCredentials): void
}

/** Of an expiresAt, of a JSON Web Token, or of bytes, in which one may be. */
const MAY_EXPIRE = /expiresAt|eyJ|"0":/

export class Asking {
  readonly #asker: Asker
  #renewals: Promise<Renewals> | undefined
  /** Asked for ahead of the attempt. */
  #ahead: ExpiringCredentials | undefined

  constructor(asker: Asker) {
    this.#asker = asker
  }

  /** For an attempt. */
  async credentials(): Promise<ExpiringCredentials> {
    const given = this.#ahead ?? (await this.#asker.ask())
    this.#ahead = undefined
    return this.note(given)
  }

  /** An attempt is made with these credentials, or at this address, which it returns. */
  note<G extends Given>(given: G): G {
    if (MAY_EXPIRE.test(JSON.stringify(given))) {
      this.#renewals ??= this.#load()
      this.#renewals.then(
        (renewals) => renewals.note(given),
        (error: unknown) => {
          // With the next credentials it is tried again.
          this.#renewals = undefined
          this.#asker.report(error)
        },
      )
    }
    return given
  }

  stop(): void {
    this.#renewals?.then(
      (renewals) => renewals.stop(),
      () => {},
    )
  }

  async #load(): Promise<Renewals> {
    const { Renewals } = await imported('renewals', import('./renewals.js'))
    return new Renewals(this.#asker, (ahead) => (this.#ahead = ahead))
  }
}
