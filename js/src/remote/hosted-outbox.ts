// The outbox of a connection whose host is elsewhere than its pages.
import type { MqttError } from '../errors.js'
import type { Client, Credentials as ModuleCredentials, Module } from '../module.js'
import type { Authentication, ConnectOptions, ExpiringCredentials } from '../options.js'
import { deliveredOf } from '../outbox/events.js'
import type { Outbox, OutboxEvents, OutboxRequest } from '../outbox/open-outbox.js'
import { storedMessage } from '../stored-message.js'
import type { Uri } from '../uris.js'
import type { Link } from './link.js'
import type { RecordedMessage } from './origins.js'
import type { PortClient } from './port-client.js'
import type { ConnectRequest, Question } from './protocol.js'

export type OpenOutbox = (request: OutboxRequest) => Promise<Outbox>

/** Each takes two seconds: a process that dies on a machine with much to do keeps its locks for a while. */
const ATTEMPTS = 5

export const messageOf: (record: Uint8Array) => RecordedMessage | undefined = storedMessage

/** The slot is that of the former host, or of the explicit client identifier; else any that is free. */
export async function openHosted(
  open: OpenOutbox,
  module: Module,
  request: ConnectRequest,
  ask: (question: Question) => Promise<unknown>,
  group: string | undefined,
): Promise<Outbox> {
  const { uris, hasCredentials, hasAuthenticate, clientId, isNamed, layer } = request
  const user = request.user as ConnectOptions
  const credentials = async () => {
    const { userName, ...others } = (await ask(['credentials'])) as ModuleCredentials
    return { ...others, ...(userName !== undefined && { username: userName }) } as ExpiringCredentials
  }
  const respond: Authentication['respond'] = (data, properties) => ask(['authenticate', data, properties]) as Promise<Uint8Array>
  const options: ConnectOptions = {
    ...user,
    ...(hasCredentials && { credentials }),
    ...(hasAuthenticate && user.authentication && { authentication: { ...user.authentication, respond } }),
  }
  const addresses = uris.map((uri, index): Uri => uri ?? (() => ask(['address', index]) as Promise<string>)) as [Uri, ...Uri[]]
  const webapp = layer && { account: layer.account, root: layer.options.root }
  const all = { module, uris: addresses, options, group, ...(webapp && { webapp }) }
  if (!isNamed) return open(all)
  for (let attempt = 1; ; attempt++) {
    try {
      return await open({ ...all, clientId })
    } catch (thrown) {
      if ((thrown as Partial<MqttError>).code !== 'outbox_in_use') throw thrown
      if (attempt < ATTEMPTS) continue
      // The former host is frozen, and has not let go of its own: it sends what is in there when it wakes up.
      if (options.clientId === undefined) return open(all)
      throw thrown
    }
  }
}

/** For the page: what is there hears of deliveries; all else the host does. */
export function pageOutbox(link: Link): Outbox {
  const outbox: Pick<Outbox, 'session' | 'attach' | 'prepared' | 'begin' | 'connected' | 'rename' | 'stored' | 'close'> = {
    session: {},
    attach: (client: Client, events: OutboxEvents) => {
      link.onDelivered = (facts) => events.delivered(deliveredOf(facts))
      outbox.stored = () => (client as unknown as Pick<PortClient, 'stored'>).stored()
    },
    prepared: () => {},
    begin: () => {},
    stored: () => Promise.reject(new Error('There is no connection yet.')),
    connected: () => {},
    rename: () => {},
    close: () => link.leave(),
  }
  return outbox as Outbox
}
