import { watchPromise } from './realms.js'

/** Typed events. A handler that throws stops nothing: what it threw goes to `onThrown`. */
export class Emitter<Events extends object> {
  readonly #handlers = new Map<keyof Events, Set<(event: never) => void>>()
  readonly #onThrown: (thrown: unknown, type: keyof Events) => void

  constructor(onThrown: (thrown: unknown, type: keyof Events) => void) {
    this.#onThrown = onThrown
  }

  /** The result takes the handler away again. */
  on<Type extends keyof Events>(type: Type, handler: (event: Events[Type]) => void): () => void {
    let handlers = this.#handlers.get(type)
    if (handlers === undefined) this.#handlers.set(type, (handlers = new Set()))
    // A wrapper of its own: the same function may be added twice, and removed once.
    const own = (event: Events[Type]) => handler(event)
    handlers.add(own)
    return () => void handlers.delete(own)
  }

  has(type: keyof Events): boolean {
    return (this.#handlers.get(type)?.size ?? 0) > 0
  }

  /** False where nobody listens. */
  emit<Type extends keyof Events>(type: Type, event: Events[Type]): boolean {
    const handlers = this.#handlers.get(type)
    if (handlers === undefined || handlers.size === 0) return false
    const onThrown = (thrown: unknown) => this.#onThrown(thrown, type)
    for (const handler of [...handlers]) callHandler(handler as (event: Events[Type]) => unknown, event, onThrown)
    return true
  }
}

/** Calls a handler of the user's. What it throws, or what its promise rejects with, goes to `onThrown`. */
export function callHandler<T>(handler: (given: T) => unknown, given: T, onThrown: (thrown: unknown) => void): void {
  try {
    watchPromise(handler(given), onThrown)
  } catch (thrown) {
    onThrown(thrown)
  }
}

/** As an uncaught exception, in a task of its own. */
export function reportUncaught(thrown: unknown): void {
  setTimeout(() => {
    throw thrown
  })
}
