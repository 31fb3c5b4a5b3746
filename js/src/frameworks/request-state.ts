// What a component knows of its requests.
import type { AnyWebapp } from './holder.js'
import type { RequestOptions } from '../webapp/calls.js'

export interface RequestState<Result, Progress> {
  /** Of the latest request that was answered. */
  readonly data: Result | undefined
  /** Why the latest request failed; undefined while one is running. */
  readonly error: unknown
  readonly isPending: boolean
  /** The latest item of progress of the request that is running. */
  readonly progress: Progress | undefined
}

export const noRequest: RequestState<never, never> = { data: undefined, error: undefined, isPending: false, progress: undefined }

/** What is asked by one component: its state is that of the latest request, and its end cancels them all. */
export class Requests<Params, Result, Progress> {
  readonly #show: (change: Partial<RequestState<Result, Progress>>) => void
  #abort = new AbortController()
  #latest: object | undefined

  constructor(show: (change: Partial<RequestState<Result, Progress>>) => void) {
    this.#show = show
  }

  /** Rejects as `app.request` does. A rejection that nobody takes is in the state, and not reported as uncaught. */
  run(
    app: AnyWebapp | undefined,
    service: string,
    method: string,
    params: Params,
    options: Omit<RequestOptions, 'onProgress' | 'signal'> = {},
  ): Promise<Result> {
    const own = (this.#latest = {})
    const { signal } = this.#abort
    const show = (change: Partial<RequestState<Result, Progress>>) => {
      if (own === this.#latest && !signal.aborted) this.#show(change)
    }
    show({ isPending: true, error: undefined, progress: undefined })
    const result =
      app === undefined
        ? Promise.reject(
            new Error('There is no webapp yet: wait until the connection is there (useConnection), and connect with Webapp.join.'),
          )
        : Promise.resolve(
            app.request(service as never, method as never, params as never, {
              ...options,
              signal,
              onProgress: (progress: unknown) => show({ progress: progress as Progress }),
            }),
          )
    ;(result as Promise<Result>).then(
      (data) => show({ data, isPending: false }),
      (error: unknown) => show({ error, isPending: false }),
    )
    return result as Promise<Result>
  }

  /** Cancels what is running. More can be asked afterwards. */
  cancel(): void {
    this.#abort.abort()
    this.#abort = new AbortController()
  }
}
