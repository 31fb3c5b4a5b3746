// Requests of others that this page works on: they have numbers of its own, as those of the next host begin again.
import type { LayerIncoming } from '../../webapp/layer.js'
import { AHEAD } from './commands.js'

interface Call {
  /** The host's number. */
  readonly call: number
  /** Items that may be sent before the host has taken one. */
  ahead: number
  isStalled: boolean
}

export class PageCalls {
  readonly #calls = new Map<number, Call>()
  /** By the host's number. */
  readonly #numbers = new Map<number, number>()
  #last = 0

  began(incoming: LayerIncoming): LayerIncoming {
    const number = ++this.#last
    this.#calls.set(number, { call: incoming.call, ahead: AHEAD, isStalled: false })
    this.#numbers.set(incoming.call, number)
    return { ...incoming, call: number }
  }

  /** The host's number of a call that is over with this. Undefined: it was over. */
  finish(number: number): number | undefined {
    const call = this.#calls.get(number)?.call
    this.#calls.delete(number)
    if (call !== undefined) this.#numbers.delete(call)
    return call
  }

  /** The page's number of a call that the host has ended. */
  ended(call: number): number | undefined {
    const number = this.#numbers.get(call)
    if (number !== undefined) this.finish(number)
    return number
  }

  /** The host's number, if an item may be sent now. */
  spend(number: number): number | undefined {
    const call = this.#calls.get(number)
    if (call === undefined) return undefined
    call.isStalled = call.ahead === 0
    if (call.isStalled) return undefined
    call.ahead--
    return call.call
  }

  /** The page's number of a call that waited for this. */
  credited(call: number, count: number): number | undefined {
    const number = this.#numbers.get(call)
    const known = number === undefined ? undefined : this.#calls.get(number)
    if (known === undefined) return undefined
    known.ahead += count
    if (!known.isStalled) return undefined
    known.isStalled = false
    return number
  }

  /** The host is gone: the numbers of those that the page still works on. */
  lost(): number[] {
    const numbers = [...this.#calls.keys()]
    this.#calls.clear()
    this.#numbers.clear()
    return numbers
  }
}
