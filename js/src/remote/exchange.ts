// How subscriptions of pages become those of the one connection, and its messages those of the pages.
import type { ArrivedMessage, Client, Failure, FilterOptions, Properties } from '../module.js'
import type { HostPort } from './host-port.js'

export interface Exchange {
  subscribe(port: HostPort, operation: number, requests: readonly FilterOptions[], properties: Properties | undefined): void
  unsubscribe(port: HostPort, operation: number, filters: readonly string[]): void
  deliver(message: ArrivedMessage): void
  connected(isFirst: boolean, sessionPresent: boolean): void
  lost(filter: string, reasonCode: number): void
  /** The page is gone: what only it had subscribed is given up. */
  leave(port: HostPort): void
}

/** A failure without the broker's words. */
export function failureOf(error: string, errorMessage: string, reasonCode = 0): Failure {
  return { errorCode: 0, error, errorMessage, reasonCode }
}

/** Of a thrown error of either kind. */
export function failureOfError(thrown: unknown): Failure {
  const { code, message } = thrown as { code?: string; message?: string }
  return failureOf(code ?? 'invalid_argument', message ?? String(thrown))
}

/** For one page: everything passes as it is. */
export class DirectExchange implements Exchange {
  readonly #client: Client
  readonly #ports: ReadonlySet<HostPort>

  constructor(client: Client, ports: ReadonlySet<HostPort>) {
    this.#client = client
    this.#ports = ports
  }

  subscribe(port: HostPort, operation: number, requests: readonly FilterOptions[], properties: Properties | undefined): void {
    this.#client.subscribe([...requests], {
      ...(properties && { properties }),
      onSuccess: ({ grantedQos, properties: answered }) => port.send(['granted', operation, grantedQos, answered]),
      onFailure: (failure) => port.refuse(operation, failure, failure.grantedQos),
    })
  }

  unsubscribe(port: HostPort, operation: number, filters: readonly string[]): void {
    this.#client.unsubscribe([...filters], {
      onSuccess: ({ reasonCodes }) => port.send(['unsubscribed', operation, reasonCodes]),
      onFailure: (failure) => port.refuse(operation, failure),
    })
  }

  deliver(message: ArrivedMessage): void {
    for (const port of this.#ports) port.deliver(message, message.subscriptionIdentifier)
  }

  connected(): void {}

  lost(filter: string, reasonCode: number): void {
    for (const port of this.#ports) port.send(['subscriptionLost', filter, reasonCode])
  }

  leave(): void {}
}
