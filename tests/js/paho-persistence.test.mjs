import assert from 'node:assert/strict'
import { afterEach, describe, it } from 'node:test'
import { settled } from './support/connected.mjs'
import { importSource } from './support/sources.mjs'

const { Persistence } = await importSource('paho/persistence')
const { toEngine } = await importSource('paho/records')

const before = Object.getOwnPropertyDescriptor(globalThis, 'localStorage')
afterEach(() => {
  if (before) Object.defineProperty(globalThis, 'localStorage', before)
  else Reflect.deleteProperty(globalThis, 'localStorage')
})

/** @param {() => unknown} get what a page finds as its localStorage */
function pageWith(get) {
  Object.defineProperty(globalThis, 'localStorage', { configurable: true, get })
  /** @type {any[]} */
  const errors = []
  const persistence = new Persistence('h', 80, '/p', 'id')
  persistence.onError = (/** @type {unknown} */ thrown) => errors.push(thrown)
  return { persistence, errors }
}

const payloadMessage = { payloadHex: '78', qos: 1, destinationName: 'a' }
const record = toEngine({ type: 3, messageIdentifier: 7, version: 1, payloadMessage })

/** A message comes and goes, and a new session forgets it. @param {any} persistence */
function use(persistence) {
  const session = persistence.session(false)
  assert.deepEqual(session.records, [])
  session.write({ put: [{ kind: 1, number: 1, record }], erased: [] })
  session.write({
    put: [
      { kind: 1, number: 2, record },
      { kind: 2, number: 3, record: new Uint8Array() },
    ],
    erased: [{ kind: 1, number: 1 }],
  })
  persistence.session(true)
}

describe('messages in flight, where storage', () => {
  const denied = () => {
    throw new Error('It is denied.')
  }
  const deniedInside = new Proxy({}, { get: denied })
  /** @type {[string, () => unknown, RegExp][]} */
  const cases = [
    ['is absent', () => undefined, /no localStorage/],
    ['is null', () => null, /no localStorage/],
    ['is denied', denied, /no localStorage/],
    ['denies each of its methods', () => deniedInside, /It is denied/],
    [
      'is full',
      () => ({
        length: 0,
        removeItem() {},
        setItem() {
          throw new Error('It is full.')
        },
      }),
      /It is full/,
    ],
  ]
  for (const [what, get, text] of cases)
    it(`${what}, go on in memory, and that is told once`, async () => {
      const { persistence, errors } = pageWith(get)
      use(persistence)
      await settled()
      assert.equal(errors.length, 1)
      assert.match(errors[0].message, text)
    })
})
