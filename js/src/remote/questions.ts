// Functions of the application stay in its pages: the host asks one, and another if that one goes.
import type { HostPort } from './host-port.js'
import { errorOf, plainError, type PlainError, type Question } from './protocol.js'

interface Asked {
  readonly question: Question
  port: HostPort | undefined
  readonly resolve: (answer: unknown) => void
  readonly reject: (error: Error) => void
}

export class Questions {
  readonly #ports: ReadonlySet<HostPort>
  readonly #asked = new Map<number, Asked>()
  /** Where errors come from, which go back there as they were thrown. */
  readonly #origins = new WeakMap<object, { port: HostPort; number: number }>()
  #last = 0

  constructor(ports: ReadonlySet<HostPort>) {
    this.#ports = ports
  }

  ask(question: Question): Promise<unknown> {
    return new Promise((resolve, reject) => {
      const number = ++this.#last
      const asked: Asked = { question, port: undefined, resolve, reject }
      this.#asked.set(number, asked)
      this.#pose(number, asked)
    })
  }

  answer(port: HostPort, number: number, answer: unknown, error: PlainError | undefined): void {
    const asked = this.#asked.get(number)
    if (asked?.port !== port) return
    port.unanswered--
    this.#asked.delete(number)
    if (error === undefined) return asked.resolve(answer)
    const thrown = errorOf(error)
    this.#origins.set(thrown, { port, number })
    asked.reject(thrown)
  }

  gone(port: HostPort): void {
    for (const [number, asked] of this.#asked) if (asked.port === port) this.#pose(number, asked)
  }

  /** An error as data for this page. */
  plain(port: HostPort, thrown: unknown): PlainError | undefined {
    if (thrown === undefined) return undefined
    const origin = this.#origins.get(thrown as object)
    return plainError(thrown, origin?.port === port ? origin.number : undefined)
  }

  /** A page that does not answer, as it is frozen or hangs, is not asked again before all others. */
  #pose(number: number, asked: Asked): void {
    let chosen: HostPort | undefined
    for (const port of this.#ports)
      if (port.isJoined && port !== asked.port && (chosen === undefined || port.unanswered < chosen.unanswered)) chosen = port
    asked.port = chosen
    if (chosen === undefined) {
      this.#asked.delete(number)
      return asked.reject(new Error('There is no page left to ask.'))
    }
    chosen.unanswered++
    chosen.send(['ask', number, asked.question])
    chosen.flush()
  }
}
