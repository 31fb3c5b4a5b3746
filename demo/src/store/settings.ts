// How to connect: the form's values. The password is not among them: it is kept nowhere.
import { signal } from '@preact/signals'
import { flag, oneOf, record, text, whole } from './shapes.js'
import { read, write } from './storage.js'
import { NO_PROPERTIES, type PropertyFields, readProperties } from '../publish/properties.js'

export const UINT32 = 2 ** 32 - 1

/** `webapp`: a participant of the convention. `client`: a connection alone, whose identifier, session and will are free. */
export type Role = 'webapp' | 'client'
/** Where the connection is: in this page, in a worker of it, or in one that all tabs of the browser share. */
export const PLACES = ['page', 'worker', 'shared'] as const
export type Place = (typeof PLACES)[number]

export interface WillFields {
  topic: string
  payload: string
  qos: 0 | 1 | 2
  retain: boolean
  /** Seconds. */
  delay: number
  properties: PropertyFields
}

export interface Settings {
  address: string
  role: Role
  version: 3 | 4 | 5
  org: string
  user: string
  /** Where the convention's topics begin: empty, or ending in `/`. */
  root: string
  username: string
  keepAlive: number
  runsIn: Place
  /** Whether unsent messages outlive the page. */
  outbox: boolean
  /** Of the role `client`. */
  clientId: string
  sessionExpiry: number
  cleanStart: boolean
  will: WillFields
}

export const DEFAULT_SETTINGS: Settings = {
  address: '/ws_mqtt',
  role: 'webapp',
  version: 5,
  org: 'acme',
  user: '',
  root: 'app/',
  username: '',
  keepAlive: 30,
  runsIn: 'page',
  outbox: false,
  clientId: '',
  sessionExpiry: 120,
  cleanStart: true,
  will: { topic: '', payload: '', qos: 0, retain: false, delay: 0, properties: NO_PROPERTIES },
}

/** Whatever is no setting is what `otherwise` says. */
export function readSettings(value: unknown, otherwise: Settings = DEFAULT_SETTINGS): Settings {
  const given = record(value)
  const will = record(given['will'])
  return {
    address: withoutSecrets(text(given['address'], otherwise.address)),
    role: oneOf(given['role'], ['webapp', 'client'], otherwise.role),
    version: oneOf(given['version'], [5, 4, 3], otherwise.version),
    org: text(given['org'], otherwise.org),
    user: text(given['user'], otherwise.user),
    root: text(given['root'], otherwise.root),
    username: text(given['username'], otherwise.username),
    keepAlive: whole(given['keepAlive'], otherwise.keepAlive, [0, 65_535]),
    runsIn: oneOf(given['runsIn'], PLACES, otherwise.runsIn),
    outbox: flag(given['outbox'], otherwise.outbox),
    clientId: text(given['clientId'], otherwise.clientId),
    sessionExpiry: whole(given['sessionExpiry'], otherwise.sessionExpiry, [0, UINT32]),
    cleanStart: flag(given['cleanStart'], otherwise.cleanStart),
    will: {
      topic: text(will['topic'], otherwise.will.topic),
      payload: text(will['payload'], otherwise.will.payload),
      qos: oneOf(will['qos'], [0, 1, 2], otherwise.will.qos),
      retain: flag(will['retain'], otherwise.will.retain),
      delay: whole(will['delay'], otherwise.will.delay, [0, UINT32]),
      properties: will['properties'] === undefined ? otherwise.will.properties : readProperties(will['properties']),
    },
  }
}

/** An address without user name, password and query, which may hold a token. One that cannot be read is not repeated. */
export function withoutSecrets(address: string): string {
  if (/^\/(?!\/)/.test(address)) return address.replace(/[?#].*$/s, '')
  try {
    const url = new URL(address)
    url.username = url.password = url.search = url.hash = ''
    return url.href
  } catch {
    return /^[\w.:-]*$/.test(address) ? address : ''
  }
}

/** Which account at which broker. */
export function accountOf({ address, user, username }: Settings): string {
  return `${new URL(withoutSecrets(address) || '/', location.href).href} ${username || user}`
}

/** Whether it is a broker behind this page's own server. */
export function isOwnServer(address: string): boolean {
  try {
    return new URL(address, location.href).host === location.host
  } catch {
    return false
  }
}

/** A second tab is automatically another user. */
function firstUser(): string {
  return text(read('sessionStorage', 'user'), Math.random() < 0.5 ? 'ann' : 'bob')
}

export const settings = signal<Settings>({ ...readSettings(read('localStorage', 'settings')), user: firstUser() })
export const password = signal('')

export function change(some: Partial<Settings>): void {
  settings.value = { ...settings.value, ...some }
}

/** For the next visit; the user is this tab's own. */
export function remember(): void {
  const { user, ...rest } = settings.value
  write('localStorage', 'settings', { ...rest, address: withoutSecrets(rest.address) })
  write('sessionStorage', 'user', user)
}
