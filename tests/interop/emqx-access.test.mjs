// EMQX's forms of the access rules, without EMQX: acl.conf is read by Erlang itself, and both are evaluated here as EMQX
// documents it. Where its versions differ (does `+` of a rule cover `#` of a subscription?), the answer taken is yes.
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { createHmac } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { aclConf, claims, token } from '../../deploy/access/emqx.mjs'
import { ann, bob, root, service, webapp } from '../access/expectations.mjs'

/** @typedef {{ clientid: string, username: string }} Client */
/** @typedef {(client: Client, action: string, topic: string) => boolean} Decision */

/** Strings are strings, atoms { atom }, lists { list }, tuples arrays. @param {string} text @returns {any[]} */
function consult(text) {
  const directory = mkdtempSync(join(tmpdir(), 'wsmq-acl-'))
  try {
    writeFileSync(join(directory, 'acl.conf'), text)
    const program = `
      E = fun Encode(T) when is_atom(T) -> io_lib:format("{\\"atom\\":\\"~s\\"}", [T]);
              Encode(T) when is_tuple(T) -> ["[", lists:join(",", [Encode(X) || X <- tuple_to_list(T)]), "]"];
              Encode([C | _] = T) when is_integer(C) -> ["\\"", T, "\\""];
              Encode(T) when is_list(T) -> ["{\\"list\\":[", lists:join(",", [Encode(X) || X <- T]), "]}"] end,
      {ok, Terms} = file:consult("acl.conf"),
      io:put_chars(["[", lists:join(",", [E(T) || T <- Terms]), "]"]), halt().`
    return JSON.parse(execFileSync('erl', ['-noshell', '-eval', program], { cwd: directory, encoding: 'utf8' }))
  } finally {
    rmSync(directory, { recursive: true })
  }
}

/** @param {string} pattern @param {string} topic */
function covers(pattern, topic) {
  const [rule, words] = [pattern.split('/'), topic.split('/')]
  if (topic.startsWith('$') && /^[+#]/.test(pattern)) return false
  const hash = rule.indexOf('#')
  if (hash >= 0 ? words.length < hash : words.length !== rule.length) return false
  return rule.slice(0, hash >= 0 ? hash : undefined).every((level, index) => level === '+' || level === words[index])
}

/** EMQX looks at what is behind `$share/{group}/`. @param {string} filter */
const unshared = (filter) => (filter.startsWith('$share/') ? filter.split('/').slice(2).join('/') : filter)

/** @param {string} text @returns {Decision} */
function decideByFile(text) {
  const rules = consult(text)
  /** @param {any} who @param {Client} client */
  const isMeant = (who, client) => {
    if (who.atom === 'all') return true
    const [kind, wanted] = who
    const actual = client[/** @type {keyof Client} */ (kind.atom)]
    return Array.isArray(wanted) ? new RegExp(wanted[1]).test(actual) : wanted === actual
  }
  return (client, action, topic) => {
    for (const [permission, who, actions, topics] of rules) {
      if (!isMeant(who, client) || (actions && actions.atom !== action && actions.atom !== 'all')) continue
      /** @param {any} each */
      const matches = (each) =>
        Array.isArray(each) ? each[1] === unshared(topic) : covers(each.replace('${clientid}', client.clientid), unshared(topic))
      if (!topics || topics.list.some(matches)) return permission.atom === 'allow'
    }
    return false
  }
}

/** @param {{ acl: { permission: string, action: string, topic: string }[] }} claims @returns {Decision} */
function decideByToken({ acl }) {
  return (_, action, topic) => {
    const rule = acl.find((each) => {
      if (each.action !== action && each.action !== 'all') return false
      return each.topic.startsWith('eq ') ? each.topic.slice(3) === unshared(topic) : covers(each.topic, unshared(topic))
    })
    return rule?.permission === 'allow'
  }
}

const stock = { role: 'service', name: 'stock' }
const file = decideByFile(aclConf([stock, { role: 'backend', name: 'old' }], root))
const webappClient = { clientid: ann, username: 'acme:ann' }
const serviceClient = { clientid: 'stock-1', username: 'service:stock' }

for (const [form, decisions] of /** @type {[string, { webapp: Decision, service: Decision }][]} */ ([
  ['acl.conf', { webapp: file, service: file }],
  ['a token', { webapp: decideByToken(claims({ role: 'webapp', name: ann }, root)), service: decideByToken(claims(stock, root)) }],
]))
  describe(`EMQX's access rules in ${form}`, () => {
    for (const [name, client, rules] of /** @type {const} */ ([
      ['webapp', webappClient, webapp],
      ['service', serviceClient, service],
    ])) {
      const decide = decisions[name]
      for (const topic of rules.publishes) it(`a ${name} can publish ${topic}`, () => assert.ok(decide(client, 'publish', topic)))
      for (const topic of rules.cannotPublish) it(`a ${name} cannot publish ${topic}`, () => assert.ok(!decide(client, 'publish', topic)))
      for (const filter of rules.subscribes) it(`a ${name} can subscribe ${filter}`, () => assert.ok(decide(client, 'subscribe', filter)))
      for (const filter of rules.cannotSubscribe)
        it(`a ${name} cannot subscribe ${filter}`, () => assert.ok(!decide(client, 'subscribe', filter)))
    }
    for (const filter of webapp.cannotShare)
      it(`a webapp cannot subscribe ${filter}`, () => assert.ok(!decisions.webapp(webappClient, 'subscribe', filter)))
  })

describe("EMQX's access rules", () => {
  it('a device publishes its own status alone', () => {
    const device = { clientid: 'SN1', username: 'SN1' }
    assert.ok(file(device, 'publish', `${root}device/status/SN1`))
    assert.ok(!file(device, 'publish', `${root}device/status/SN2`))
    assert.ok(!file(device, 'subscribe', `${root}webapp/res/${bob}`))
  })

  it('a client identifier with wildcards or slashes in it is nobody', () => {
    for (const clientid of ['#', '+', 'acme:+:aaaa', 'acme:ann/bob:aaaa', '', 'a:b:c:dddd'])
      assert.ok(!file({ clientid, username: '' }, 'publish', `${root}webapp/status/${clientid}`), clientid)
  })

  it('a token names its account twice, so that it can be verified, and ends', () => {
    const payload = claims({ role: 'webapp', name: ann }, root, { lifetime: 60, now: 1_000_000 })
    assert.deepEqual([payload.username, payload.clientid, payload.iat, payload.exp], [ann, ann, 1000, 1060])
    assert.deepEqual(payload.acl.at(-1), { permission: 'deny', action: 'all', topic: '#' })
    const [head = '', body = '', signature] = token(payload, 'key').split('.')
    assert.equal(signature, createHmac('sha256', 'key').update(`${head}.${body}`).digest('base64url'))
    assert.deepEqual(JSON.parse(Buffer.from(body, 'base64url').toString()), payload)
  })
})
