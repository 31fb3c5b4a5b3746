import { watchPromise } from './realms.js'

/** Typed events. What a handler throws goes to `onThrown` and stops nothing. */
export class Emitter<Events extends object> {
  readonly #handlers = new Map<keyof Events, Set<(event: never) => void>>()
  readonly #onThrown: (thrown: unknown, type: keyof Events) => void

  constructor(onThrown: (thrown: unknown, type: keyof Events) => void) {
    this.#onThrown = onThrown
  }

  /** Returns a function that removes the handler. */
  on<Type extends keyof Events>(type: Type, handler: (event: Events[Type]) => void): () => void {
    let handlers = this.#handlers.get(type)
    if (handlers === undefined) this.#handlers.set(type, (handlers = new Set()))
    // Wrapped: the same function may be added twice and removed once.
    const own = (event: Events[Type]) => handler(event)
    handlers.add(own)
    return () => void handlers.delete(own)
  }

  has(type: keyof Events): boolean {
    return (this.#handlers.get(type)?.size ?? 0) > 0
  }

  /** Returns false if there are no handlers. */
  emit<Type extends keyof Events>(type: Type, event: Events[Type]): boolean {
    const handlers = this.#handlers.get(type)
    if (handlers === undefined || handlers.size === 0) return false
    const onThrown = (thrown: unknown) => this.#onThrown(thrown, type)
    for (const handler of [...handlers]) callHandler(handler as (event: Events[Type]) => unknown, event, onThrown)
    return true
  }
}

/** Calls a user's handler. What it throws, or what its promise rejects with, goes to `onThrown`. */
export function callHandler<T>(handler: (given: T) => unknown, given: T, onThrown: (thrown: unknown) => void): void {
  try {
    watchPromise(handler(given), onThrown)
  } catch (thrown) {
    onThrown(thrown)
  }
}

/** Throws it as an uncaught exception, in a task of its own. */
export function reportUncaught(thrown: unknown): void {
  setTimeout(() => {
    throw thrown
  })
}
