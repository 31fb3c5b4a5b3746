// Requests of this page that are not answered, so that none is lost without a word where the host is.
import type { LayerRequest } from '../../webapp/layer.js'

interface Request {
  readonly request: LayerRequest
  /** When its time is over, in milliseconds. */
  readonly due: number
  /** It may have left: another host must not send it a second time, as nobody could tell the two apart. */
  isSent: boolean
  timer: ReturnType<typeof setTimeout> | undefined
}

export class PageRequests {
  readonly #requests = new Map<number, Request>()
  readonly #onOverdue: (number: number) => void
  #hasHost = true
  #last = 0

  /** `onOverdue`: there was no host that could have sent it in time. */
  constructor(onOverdue: (number: number) => void) {
    this.#onOverdue = onOverdue
  }

  begin(request: LayerRequest, isSent: boolean): number {
    const number = ++this.#last
    const begun: Request = { request, due: Date.now() + request.timeout, isSent, timer: undefined }
    this.#requests.set(number, begun)
    if (!this.#hasHost) this.#watch(number, begun)
    return number
  }

  has(number: number): boolean {
    return this.#requests.has(number)
  }

  /** Whether it was not over yet. */
  finish(number: number): boolean {
    clearTimeout(this.#requests.get(number)?.timer)
    return this.#requests.delete(number)
  }

  /** There is a connection: what waited for it leaves. */
  connected(): void {
    for (const request of this.#requests.values()) request.isSent = true
  }

  /** The host is gone. The result may have left with it; the others wait for the next host. */
  lost(): number[] {
    this.#hasHost = false
    const lost: number[] = []
    for (const [number, request] of this.#requests) {
      if (request.isSent) lost.push(number)
      else this.#watch(number, request)
    }
    for (const number of lost) this.#requests.delete(number)
    return lost
  }

  /** For the next host, with what is left of their time. */
  again(): [number: number, request: LayerRequest][] {
    this.#hasHost = true
    return [...this.#requests].map(([number, { request, due, timer }]) => {
      clearTimeout(timer)
      return [number, { ...request, timeout: Math.max(1, due - Date.now()) }]
    })
  }

  end(): void {
    for (const { timer } of this.#requests.values()) clearTimeout(timer)
    this.#requests.clear()
  }

  #watch(number: number, request: Request): void {
    clearTimeout(request.timer)
    request.timer = setTimeout(() => {
      if (this.finish(number)) this.#onOverdue(number)
    }, request.due - Date.now())
  }
}
