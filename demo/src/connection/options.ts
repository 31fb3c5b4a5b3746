// From the form's values to the options of the package.
import type { ConnectOptions, JoinOptions, Will } from 'websocket-mq/webapp/wasm'
import { propertiesOf } from '../publish/properties.js'
import { accountOf, DEFAULT_SETTINGS, type Settings, type WillFields } from '../store/settings.js'
import { text } from '../store/shapes.js'
import { read, write } from '../store/storage.js'
import type { DemoSchema } from './schema.js'

/** Packets that are kept for the timeline. */
const PACKETS = 2000
const LETTERS = 'abcdefghijklmnopqrstuvwxyz0123456789'

type Credentials = NonNullable<ConnectOptions['credentials']>

function common(settings: Settings, credentials: Credentials | undefined): ConnectOptions {
  const { version, keepAlive, runsIn } = settings
  return {
    protocolVersion: version,
    keepAlive,
    packets: PACKETS,
    // A broker that is not up yet, or is being started again, is waited for.
    reconnect: { maxDelay: 8000, retryFirst: true },
    ...(runsIn === 'worker' && { worker: true }),
    ...(runsIn === 'shared' && { shared: true }),
    // By account: nobody sends what another one has left.
    ...(settings.outbox && { outbox: { name: accountOf(settings) } }),
    ...(credentials === undefined ? {} : { credentials }),
  }
}

export function joinOptions(settings: Settings, credentials: Credentials | undefined): JoinOptions<DemoSchema> {
  const { org, user, root } = settings
  return { ...common(settings, credentials), org, user, root }
}

/** Throws an Error with a sentence for the user. */
export function connectOptions(settings: Settings, credentials: Credentials | undefined): ConnectOptions {
  const { clientId, cleanStart, sessionExpiry, will, outbox, org, user } = settings
  // An issuer's credentials are for a uid.
  const id = clientId === '' && typeof credentials === 'function' ? `${org}:${user}:${ownName(settings)}` : clientId
  return {
    ...common(settings, credentials),
    // An outbox needs the session that its messages were sent in.
    ...(outbox
      ? { sessionExpiryInterval: sessionExpiry || DEFAULT_SETTINGS.sessionExpiry }
      : { cleanStart, sessionExpiryInterval: sessionExpiry }),
    ...(id === '' ? {} : { clientId: id }),
    ...(will.topic === '' ? {} : { will: willOf(will) }),
  }
}

function willOf({ topic, payload, qos, retain, delay, properties }: WillFields): Will {
  return { topic, payload, qos, retain, properties: { ...propertiesOf(properties), ...(delay > 0 && { willDelayInterval: delay }) } }
}

/** As long as it has to be the same: an outbox finds its messages by it, and tabs that share a connection agree on it. */
function ownName({ runsIn, outbox }: Settings): string {
  if (runsIn !== 'shared' && !outbox) return randomName()
  const storage = runsIn === 'shared' ? 'localStorage' : 'sessionStorage'
  const name = text(read(storage, 'name'), randomName())
  write(storage, 'name', name)
  return name
}

/** The last part of a uid: four of `a-z0-9`. */
export function randomName(): string {
  return Array.from(crypto.getRandomValues(new Uint32Array(4)), (number) => LETTERS.charAt(number % LETTERS.length)).join('')
}
