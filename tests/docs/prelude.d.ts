// What the scripts of README.md and docs/ take as given.
declare function freshToken(lastError: unknown): Promise<string>
declare function ticketUrl(lastError: unknown): Promise<string>
declare function show(...what: unknown[]): void
declare function render(type: string, key: string, value: unknown): void
/** Node's. */
declare const process: { readonly env: Record<string, string | undefined> }
declare function require(id: 'websocket-mq'): typeof import('websocket-mq')
declare const x: number
declare const y: number
declare const uid: string
declare const signal: AbortSignal
/** As bundlers give it. */
declare module '*.wasm' {
  const url: string
  export default url
}
/** Of the library `webworker`, which does not go together with `dom`. */
interface FetchEvent extends Event {
  readonly request: Request
  respondWith(response: Promise<Response>): void
}
interface ServiceWorkerGlobalScope {
  addEventListener(type: 'fetch', listener: (event: FetchEvent) => void): void
}
declare module '*.vue' {
  const component: import('vue').Component
  export default component
}
declare module '*.svelte' {
  const component: import('svelte').Component
  export default component
}
interface Step {
  done: number
}
interface Receipt {
  total: number
}
