// Whether handlers of a client run, and the calls made in them that would take the events away under them. Those are
// deferred, and run in their order.

/** connect() needs the engine to have no more events; disconnect() and delete() only the end of the batch. */
type DeferredKind = 'connect' | 'disconnect' | 'delete'

export class Dispatch {
  /** Handlers run, for a batch of events. */
  isRunning = false
  /** disconnect() is deferred. */
  isStopping = false
  readonly #calls: { kind: DeferredKind; run: () => void }[] = []

  get hasCalls(): boolean {
    return this.#calls.length > 0
  }

  defer(kind: DeferredKind, run: () => void): void {
    this.#calls.push({ kind, run })
    if (kind === 'disconnect') this.isStopping = true
  }

  /**
   * The handlers of a batch have returned.
   * @returns whether calls are left for the end of the events
   */
  endBatch(): boolean {
    this.isRunning = false
    return this.hasCalls && this.#run(false)
  }

  /**
   * There are no more events: one connect() may run.
   * @returns whether calls are left
   */
  endEvents(): boolean {
    return this.#run(true)
  }

  #run(mayConnect: boolean): boolean {
    for (const calls = this.#calls; calls[0] !== undefined && (mayConnect || calls[0].kind !== 'connect'); mayConnect = false) {
      const { kind, run } = calls[0]
      calls.shift()
      run()
      if (kind === 'disconnect') this.isStopping = false
    }
    return this.hasCalls
  }
}
