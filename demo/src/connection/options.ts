// From the form's values to the options of the package.
import type { ConnectOptions, JoinOptions, Will } from 'websocket-mq/webapp/wasm'
import { propertiesOf } from '../publish/properties.js'
import type { Settings, WillFields } from '../store/settings.js'
import type { DemoSchema } from './schema.js'

/** Packets that are kept for the timeline. */
const PACKETS = 2000
const LETTERS = 'abcdefghijklmnopqrstuvwxyz0123456789'

type Credentials = NonNullable<ConnectOptions['credentials']>

function shared({ version, keepAlive }: Settings, credentials: Credentials | undefined): ConnectOptions {
  return {
    protocolVersion: version,
    keepAlive,
    packets: PACKETS,
    // A broker that is not up yet, or is being started again, is waited for.
    reconnect: { maxDelay: 8000, retryFirst: true },
    ...(credentials === undefined ? {} : { credentials }),
  }
}

export function joinOptions(settings: Settings, credentials: Credentials | undefined): JoinOptions<DemoSchema> {
  const { org, user, root } = settings
  return { ...shared(settings, credentials), org, user, root }
}

/** Throws an Error with a sentence for the user. */
export function connectOptions(settings: Settings, credentials: Credentials | undefined): ConnectOptions {
  const { clientId, cleanStart, sessionExpiry, will, org, user } = settings
  // An issuer's credentials are for a uid.
  const id = clientId === '' && typeof credentials === 'function' ? `${org}:${user}:${randomName()}` : clientId
  return {
    ...shared(settings, credentials),
    cleanStart,
    sessionExpiryInterval: sessionExpiry,
    ...(id === '' ? {} : { clientId: id }),
    ...(will.topic === '' ? {} : { will: willOf(will) }),
  }
}

function willOf({ topic, payload, qos, retain, delay, properties }: WillFields): Will {
  return { topic, payload, qos, retain, properties: { ...propertiesOf(properties), ...(delay > 0 && { willDelayInterval: delay }) } }
}

/** The last part of a uid: four of `a-z0-9`. */
export function randomName(): string {
  return Array.from(crypto.getRandomValues(new Uint32Array(4)), (number) => LETTERS.charAt(number % LETTERS.length)).join('')
}
