// A page whose webapp is elsewhere refuses the names and records that the module refuses: the two are compared on many inputs.
import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { WebSocket } from 'ws'
import { startBroker } from '../support/broker.mjs'
import { importSource } from './support/sources.mjs'

const { checkNamed, checkRecord, checkTarget, isAccountPart, isLevel, isRoom, isRoot, isUid } = await importSource('remote/webapp/names')
const { layerError } = await importSource('webapp/calls')
const { load, Webapp } = await import('../../dist/webapp.js')

const texts = [
  ...['a', 'A-z_0.9', '_a', 'a/b', '/', 'a/', 'a+', '+', 'a#', '#', 'a:b', ':', 'ü', '😀', 'a b', '$a', '$a/', 'a$/', ' '],
  ...['\0', 'a\u0001', 'a\u001f', '\u007f', '\u0080', '\u009f', '\u00a0', '\ufffe', '\u{1ffff}', '\ud800', 'a\udc00'],
  ...[64, 65, 128, 129, 1024, 1025].flatMap((size) => ['a'.repeat(size), 'ü'.repeat(size / 2), `${'a'.repeat(size - 1)}/`]),
]
/** Without those that the module finds only when it sends. */
const assigned = texts.filter((text) => !/\p{Noncharacter_Code_Point}/u.test(text))
/** Without those that it cannot encode. */
const whole = assigned.filter((text) => !/\p{Surrogate}/u.test(text))
const uids = [
  ...[
    'acme:ann:ab12',
    'acme:ann:abc',
    'acme:ann:ABCD',
    'acme:ann',
    'acme:ann:ab12:x',
    '::ab12',
    'acme::ab12',
    `acme:ann:${'a'.repeat(17)}`,
  ],
  ...texts.map((text) => `${text}:ann:ab12`),
]

/** What is thrown, as its code. @param {() => unknown} call */
function codeOf(call) {
  try {
    call()
    return 'none'
  } catch (error) {
    return /** @type {any} */ (layerError(error)).code ?? String(error)
  }
}

describe('what the page refuses', () => {
  /** @type {any} */
  let broker
  /** @type {any} */
  let app
  before(async () => {
    await load({ WebSocket })
    broker = await startBroker()
    app = await Webapp.join(broker.url, { org: 'acme', user: 'ann', rand: 'ab12' })
    app.on('error', () => {})
  })
  after(async () => {
    await app?.leave()
    await broker?.close()
  })
  /** @param {string[]} given @param {(text: string) => unknown} here @param {(text: string) => unknown} there */
  const compare = (given, here, there) => {
    for (const text of given)
      assert.equal(
        codeOf(() => here(text)),
        codeOf(() => there(text)),
        `${JSON.stringify(text).slice(0, 40)} of ${text.length}`,
      )
  }

  it('as room is what the module refuses', () =>
    compare(
      texts,
      (text) => checkNamed(isRoom(text), ''),
      (text) => app.room(text).leave(),
    ))

  it('as serial number is what the module refuses', () =>
    compare(
      assigned,
      (text) => checkNamed(isLevel(text), ''),
      (text) => app.devices([text]).close(),
    ))

  it('as uid is what the module refuses', () =>
    compare(
      uids,
      (uid) => checkNamed(isUid(uid), ''),
      (uid) => app.peer(uid).send('x'),
    ))

  it('as service or method is what the module refuses', () => {
    compare(
      whole,
      (text) => checkTarget({ service: text }, 'm'),
      (text) => app.notify(text, 'm'),
    )
    compare(
      ['', ...whole],
      (text) => checkTarget({ service: 's' }, text),
      (text) => app.notify('s', text),
    )
  })

  it('as org, root or state is what the module refuses', async () => {
    const options = { root: 'app/', state: '{}', since: Date.now(), willDelay: 5, renames: true, rollCall: 'auto' }
    const account = { org: 'acme', user: 'ann' }
    /** Nothing listens there: what is refused is refused before. @param {object} given */
    const refusal = async (given) => {
      const joining = Webapp.join('ws://127.0.0.1:1', { ...account, reconnect: false, ...given })
      const { code } = await joining.catch((/** @type {any} */ error) => error)
      return ['invalid_name', 'invalid_utf8', 'invalid_argument', 'packet_too_large'].includes(code) ? code : 'none'
    }
    for (const text of assigned) {
      const org = codeOf(() => checkNamed(isAccountPart(text), ''))
      assert.equal(org, await refusal({ org: text }), `the org ${JSON.stringify(text).slice(0, 40)} of ${text.length}`)
      const root = codeOf(() => checkNamed(isRoot(text), ''))
      assert.equal(root, await refusal({ root: text }), `the root ${JSON.stringify(text).slice(0, 40)} of ${text.length}`)
    }
    for (let size = 4000; size < 4060; size++) {
      const state = 'ü'.repeat(20) + 'x'.repeat(size - 40)
      const own = codeOf(() => checkRecord('acme:ann:ab12', { ...options, state: JSON.stringify(state) }, ''))
      assert.equal(own, await refusal({ state }), `a state of ${size}`)
    }
  })
})
