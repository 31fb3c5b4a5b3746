// The functions that make credentials, called as a site's own program calls them: what they refuse by themselves.
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { aclConf, claims, defaultLifetime, token } from '../../deploy/access/emqx.mjs'
import { aclFile, dynamicSecurity, dynamicSecurityRemoval } from '../../deploy/access/mosquitto.mjs'
import { claims as rabbitMqClaims, token as rabbitMqToken } from '../../deploy/access/rabbitmq-token.mjs'
import { definitions } from '../../deploy/access/rabbitmq.mjs'
import { AccessError, accountOf, rulesFor } from '../../deploy/access/rules.mjs'
import { ann, root } from './expectations.mjs'

/** @typedef {import('../../deploy/access/rules.mjs').Account} Account */

const secret = 'x'.repeat(32)
const annAccount = { role: 'webapp', name: ann }

/** Each makes something that lets an account in. @type {[string, (account: Account) => unknown][]} */
const makers = [
  ['rulesFor', (account) => rulesFor(account, root)],
  ['dynamicSecurity', (account) => dynamicSecurity(account, root, 'secret')],
  ['dynamicSecurityRemoval', dynamicSecurityRemoval],
  ['aclFile', (account) => aclFile([account], root)],
  ['claims', (account) => claims(account, root)],
  ['claims for RabbitMQ', (account) => rabbitMqClaims(account, root)],
  ['definitions', (account) => definitions([{ account, password: 'secret' }], root)],
  // Webapps and devices have no line of their own there.
  ['aclConf', (account) => (/webapp|device/.test(account.role) ? rulesFor(account, root) : aclConf([account], root))],
]

const long = 'x'.repeat(65)
const unsound = {
  webapp: [
    'acme:ann',
    'acme:ann:',
    ':ann:aaaa',
    'acme:ann:/#',
    'acme:ann:#',
    'acme:+:aaaa',
    '#',
    '+',
    '',
    'acme:ann:aaa',
    'acme:ann:aaaaaaaaaaaaaaaaa',
    'acme:ann:AAAA',
    'acme:ann:aaaa\n',
    '\nacme:ann:aaaa',
    'acme:ann:aaaa\0',
    'acme:an\u0430:aaaa', // a Cyrillic a
    'acme:ann:\uff41aaa', // a wide a
    'acme:ann:aa\u0131a',
    'acme\u2028:ann:aaaa',
    'acme:ann/bob:aaaa',
    'acme:ann:aaaa:bbbb',
    'acme:%u:aaaa',
    'acme:${clientid}:aaaa',
    'acme:{client_id}:aaaa',
    'acme:"ann":aaaa',
    'service:orders:aaaa',
    'janitor:one:aaaa',
    'backend:old:aaaa',
    `acme:${long}:aaaa`,
  ],
  service: ['', 'orders/', '/one', 'orders/one/two', 'orders/_all', 'orders:one', 'orders#', '+', '#', 'or ders', 'orders\n', long],
  backend: ['', 'old/#', 'old:one', 'old\n'],
  janitor: ['', 'one/+', 'one:two', 'one\n'],
  device: ['', '#', '+', 'SN/1', 'SN1\n', 'a:b', 'SN\u00df', 'admin', '%c', long],
  nobody: ['one'],
  toString: ['one'],
  ['__proto__']: ['one'],
}

describe('what makes credentials', () => {
  for (const [maker, make] of makers)
    for (const [role, names] of Object.entries(unsound))
      it(`${maker} refuses the name of a ${role} that is not sound`, () => {
        for (const name of names) assert.throws(() => make({ role, name }), AccessError, JSON.stringify(name))
      })

  for (const [maker, make] of makers)
    it(`${maker} takes sound names`, () => {
      for (const account of [
        annAccount,
        { role: 'webapp', name: 'acme:ann:0123456789abcdef' },
        { role: 'webapp', name: 'Service:ann:aaaa' },
        { role: 'service', name: 'orders' },
        { role: 'service', name: 'orders/one' },
        { role: 'backend', name: 'old/one' },
        { role: 'janitor', name: 'one' },
        { role: 'device', name: 'SN1' },
        { role: 'device', name: 'administrator' },
      ])
        make(account)
    })

  it('what is no text is no name, whatever it looks like as one', () => {
    for (const [maker, make] of makers) assert.throws(() => make(/** @type {any} */ ({ role: 'webapp', name: [ann] })), AccessError, maker)
  })

  it('a root with a wildcard is refused', () => {
    for (const wrong of ['#', '+/', '*/', '%u/', 'a', '$SYS/', 'a/\n/']) {
      assert.throws(() => dynamicSecurity(annAccount, wrong, 'secret'), AccessError, wrong)
      assert.throws(() => aclConf([], wrong), AccessError, wrong)
    }
  })

  it('no password is empty', () => {
    assert.throws(() => dynamicSecurity(annAccount, root, ''), AccessError)
    assert.throws(() => dynamicSecurity(annAccount, root, /** @type {any} */ (undefined)), AccessError)
    assert.throws(() => definitions([{ account: annAccount, password: '' }], root), AccessError)
  })

  it('an account is recognised by its user name', () => {
    for (const account of [
      annAccount,
      { role: 'service', name: 'orders' },
      { role: 'service', name: 'orders/one' },
      { role: 'backend', name: 'old/one' },
      { role: 'janitor', name: 'one' },
      { role: 'device', name: 'SN1' },
    ])
      assert.deepEqual(accountOf(rulesFor(account, root).account), account)
  })
})

describe('a token', () => {
  for (const [what, wrong] of /** @type {[string, any][]} */ ([
    ['an empty secret', ''],
    ['a secret of 31 bytes', 'x'.repeat(31)],
    ['an empty secret of bytes', new Uint8Array()],
    ['no secret', undefined],
  ]))
    it(`is not signed with ${what}`, () => assert.throws(() => token(claims(annAccount, root), wrong)))

  it('is signed with a secret of 32 bytes, as text and as bytes', () => {
    const payload = claims(annAccount, root)
    assert.equal(token(payload, secret), token(payload, Buffer.from(secret)))
    assert.match(token(payload, 'ü'.repeat(16)), /^[\w-]+\.[\w-]+\.[\w-]+$/) // 32 bytes, 16 characters
  })

  it('is valid for ten minutes by default', () => {
    const { iat, exp } = claims(annAccount, root)
    assert.equal(defaultLifetime, 600)
    assert.equal(exp - iat, 600)
  })

  for (const [role, name, longest] of /** @type {const} */ ([
    ['webapp', ann, 86_400],
    ['service', 'orders/one', 2_592_000],
    ['device', 'SN1', 2_592_000],
  ]))
    it(`of a ${role} lives for ${longest} s at most`, () => {
      const account = { role, name }
      assert.equal(claims(account, root, { lifetime: longest, now: 0 }).exp, longest)
      for (const lifetime of [longest + 1, 0, -1, 1.5, NaN, Infinity, /** @type {any} */ ('600')])
        assert.throws(() => claims(account, root, { lifetime }), AccessError, String(lifetime))
    })

  it('is not signed for claims that were changed to something unsound', () => {
    const good = claims(annAccount, root)
    for (const change of [
      { username: '#', clientid: '#' },
      { username: 'acme:ann:/#', clientid: 'acme:ann:/#' },
      { clientid: 'acme:bob:bbbb' },
      { username: 'service:orders/one', clientid: 'service:orders/one' },
      { username: 'service:orders:one:two', clientid: 'service:orders:one:two' },
      { exp: good.iat + 86_401 },
      { exp: /** @type {any} */ (undefined) },
      { iat: /** @type {any} */ (undefined) },
      { username: /** @type {any} */ (undefined) },
    ])
      assert.throws(() => token({ ...good, ...change }, secret), AccessError, JSON.stringify(change))
  })

  it('for RabbitMQ is not signed for claims that were changed either, nor for names with dots, which are slashes there', () => {
    const key = { alg: /** @type {const} */ ('HS256'), secret }
    const good = rabbitMqClaims(annAccount, root)
    assert.match(rabbitMqToken(good, key), /^[\w-]+\.[\w-]+\.[\w-]+$/)
    for (const change of [{ sub: '#', client_id: '#' }, { client_id: 'acme:bob:bbbb' }, { exp: good.iat + 86_401 }])
      assert.throws(() => rabbitMqToken({ ...good, ...change }, key), AccessError, JSON.stringify(change))
    assert.throws(() => rabbitMqClaims({ role: 'webapp', name: 'acme:ann.lee:aaaa' }, root), AccessError)
    assert.throws(() => rabbitMqClaims(annAccount, 'shop.eu/'), AccessError)
  })
})
