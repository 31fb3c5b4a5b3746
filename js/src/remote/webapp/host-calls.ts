// Requests of others: one of the pages that expose the method works on each. If that page goes, another one does, unless the
// caller has had some of the answer.
import { remoteCodes } from '../../webapp/errors.js'
import type { LayerIncoming, WebappClient } from '../../webapp/layer.js'
import type { HostPort } from '../host-port.js'
import { plainError } from '../protocol.js'
import { AHEAD } from './commands.js'

interface Call {
  readonly incoming: LayerIncoming
  port: HostPort
  /** Items that wait for credit. */
  readonly waiting: string[]
  /** What ends it, behind them. */
  last: (() => void) | undefined
  /** Items that the module took, and that the page was not told of. */
  taken: number
  hasBegun: boolean
}

interface Page {
  methods: ReadonlySet<string>
  inHand: number
}

export class HostCalls {
  readonly #client: WebappClient
  readonly #ports: ReadonlySet<HostPort>
  readonly #pages = new Map<HostPort, Page>()
  readonly #calls = new Map<number, Call>()

  constructor(client: WebappClient, ports: ReadonlySet<HostPort>) {
    this.#client = client
    this.#ports = ports
  }

  /** The methods that the page exposes. */
  expose(port: HostPort, methods: readonly string[]): void {
    const page = this.#pages.get(port)
    if (page !== undefined) page.methods = new Set(methods)
    else this.#pages.set(port, { methods: new Set(methods), inHand: 0 })
  }

  requested(incoming: LayerIncoming): void {
    const port = this.#choose(incoming.method) ?? this.#latest()
    if (port !== undefined) this.#give(incoming, port)
    else this.#client.fail(incoming.call, remoteCodes.methodNotFound, 'Method not found', undefined)
  }

  /** The caller no longer waits. */
  ended(number: number, error: string): void {
    const call = this.#finish(number)
    call?.port.send(['layer', ['ended', number, error], undefined])
  }

  credited(number: number): void {
    const call = this.#calls.get(number)
    if (call !== undefined) this.#pump(number, call)
  }

  respond(port: HostPort, number: number, result: string): void {
    this.#last(port, number, () => this.#client.respond(number, result))
  }

  fail(port: HostPort, number: number, code: number, message: string, data: string | undefined): void {
    this.#last(port, number, () => this.#client.fail(number, code, message, data))
  }

  progress(port: HostPort, number: number, value: string): void {
    const call = this.#of(port, number)
    if (call === undefined) return
    call.hasBegun = true
    call.waiting.push(value)
    if (call.waiting.length === 1) this.#pump(number, call)
  }

  leave(port: HostPort): void {
    this.#pages.delete(port)
    for (const [number, call] of [...this.#calls]) {
      // What it has said to the end is said to the end.
      if (call.port !== port || call.last !== undefined) continue
      this.#calls.delete(number)
      const other = call.hasBegun ? undefined : this.#choose(call.incoming.method)
      if (other !== undefined) this.#give(call.incoming, other)
      else this.#client.fail(number, remoteCodes.noResponder, 'The page that worked on this is gone', undefined)
    }
  }

  /** The one with the fewest in hand, of equals the latest: it is the most likely to be in front. */
  #choose(method: string): HostPort | undefined {
    let chosen: HostPort | undefined
    let fewest = Infinity
    for (const [port, { methods, inHand }] of this.#pages) if (methods.has(method) && inHand <= fewest) [chosen, fewest] = [port, inHand]
    return chosen
  }

  /** It may have exposed the method a moment ago; else it says itself that there is none. */
  #latest(): HostPort | undefined {
    let latest: HostPort | undefined
    for (const port of this.#ports) if (port.isJoined) latest = port
    return latest
  }

  #give(incoming: LayerIncoming, port: HostPort): void {
    const page = this.#pages.get(port)
    if (page !== undefined) page.inHand++
    this.#calls.set(incoming.call, { incoming, port, waiting: [], last: undefined, taken: 0, hasBegun: false })
    port.send(['layer', ['request', incoming], undefined])
  }

  #of(port: HostPort, number: number): Call | undefined {
    const call = this.#calls.get(number)
    return call?.port === port && call.last === undefined ? call : undefined
  }

  #last(port: HostPort, number: number, say: () => void): void {
    const call = this.#of(port, number)
    if (call === undefined) return
    call.last = say
    if (call.waiting.length === 0) this.#conclude(number, call)
  }

  /** As far as there is credit. */
  #pump(number: number, call: Call): void {
    try {
      while (call.waiting.length > 0 && this.#client.progress(number, call.waiting[0] ?? '')) {
        call.waiting.shift()
        call.taken++
      }
    } catch (thrown) {
      this.ended(number, 'payload_too_large')
      return this.#refused(number, call, thrown)
    }
    if (call.last !== undefined && call.waiting.length === 0) return this.#conclude(number, call)
    // Each time half of what it may be ahead, so that not each item costs an answer.
    if (call.taken < AHEAD / 2) return
    call.port.send(['layer', ['credit', number, call.taken], undefined])
    call.taken = 0
  }

  #conclude(number: number, call: Call): void {
    this.#finish(number)
    try {
      call.last?.()
    } catch (thrown) {
      this.#refused(number, call, thrown)
    }
  }

  /** The answer could not be sent: the caller is told that there is none, and the page why. */
  #refused(number: number, { port }: Call, thrown: unknown): void {
    if ((thrown as { code?: unknown }).code === 'unknown_call') return
    port.send(['layer', ['error', plainError(thrown)], undefined])
    this.#client.fail(number, remoteCodes.internalError, 'Internal error', undefined)
  }

  #finish(number: number): Call | undefined {
    const call = this.#calls.get(number)
    this.#calls.delete(number)
    const page = call && this.#pages.get(call.port)
    if (page !== undefined) page.inHand--
    return call
  }
}
