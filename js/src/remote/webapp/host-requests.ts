// Requests of pages: each page hears of its own, by its own numbers.
import type { LayerFailure, LayerRequest, Value, WebappClient } from '../../webapp/layer.js'
import type { HostPort } from '../host-port.js'
import { failureOfError } from '../exchange.js'
import type { LayerRow } from './commands.js'

export class HostRequests {
  readonly #client: WebappClient
  /** By the module's number. */
  readonly #owners = new Map<number, { readonly port: HostPort; readonly number: number }>()
  /** By the page's number: the module's. */
  readonly #numbers = new Map<HostPort, Map<number, number>>()

  constructor(client: WebappClient) {
    this.#client = client
  }

  begin(port: HostPort, number: number, request: LayerRequest): void {
    try {
      const id = this.#client.request(request)
      this.#owners.set(id, { port, number })
      const own = this.#numbers.get(port)
      if (own === undefined) this.#numbers.set(port, new Map([[number, id]]))
      else own.set(number, id)
    } catch (thrown) {
      const { error, errorMessage } = failureOfError(thrown)
      port.send(['layer', ['failure', number, { error: error as LayerFailure['error'], text: errorMessage }], undefined])
    }
  }

  cancel(port: HostPort, number: number): void {
    const id = this.#numbers.get(port)?.get(number)
    if (id !== undefined) this.#client.cancelRequest(id)
  }

  grant(port: HostPort, number: number, count: number): void {
    const id = this.#numbers.get(port)?.get(number)
    if (id !== undefined) this.#client.grant(id, count)
  }

  result(id: number, value: Value): void {
    this.#end(id, (number) => ['result', number, value])
  }

  failure(id: number, failure: LayerFailure): void {
    this.#end(id, (number) => ['failure', number, failure])
  }

  progress(id: number, value: string): void {
    const owner = this.#owners.get(id)
    owner?.port.send(['layer', ['progress', owner.number, value], undefined])
  }

  /** Nobody waits for the answers to this page. */
  leave(port: HostPort): void {
    const ids = [...(this.#numbers.get(port)?.values() ?? [])]
    this.#numbers.delete(port)
    for (const id of ids) {
      this.#owners.delete(id)
      this.#client.cancelRequest(id)
    }
  }

  #end(id: number, row: (number: number) => LayerRow): void {
    const owner = this.#owners.get(id)
    if (owner === undefined) return
    this.#owners.delete(id)
    this.#numbers.get(owner.port)?.delete(owner.number)
    owner.port.send(['layer', row(owner.number), undefined])
  }
}
