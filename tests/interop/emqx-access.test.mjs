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
/** @typedef {(client: Client, action: string, topic: string, retain?: boolean) => boolean} Decision */

/** Strings are strings, atoms { atom }, lists { list }, tuples arrays. @param {string} text @returns {any[]} */
function consult(text) {
  const directory = mkdtempSync(join(tmpdir(), 'wsmq-acl-'))
  try {
    writeFileSync(join(directory, 'acl.conf'), text)
    const program = `
      E = fun Encode(T) when is_atom(T) -> io_lib:format("{\\"atom\\":\\"~s\\"}", [T]);
              Encode(T) when is_tuple(T) -> ["[", lists:join(",", [Encode(X) || X <- tuple_to_list(T)]), "]"];
              Encode([C | _] = T) when is_integer(C) -> io_lib:write_string(T);
              Encode(T) when is_list(T) -> ["{\\"list\\":[", lists:join(",", [Encode(X) || X <- T]), "]}"] end,
      {ok, Terms} = file:consult("acl.conf"),
      io:put_chars(["[", lists:join(",", [E(T) || T <- Terms]), "]"]), halt().`
    return JSON.parse(execFileSync('erl', ['-noshell', '-eval', program], { cwd: directory, encoding: 'utf8' }))
  } finally {
    rmSync(directory, { recursive: true })
  }
}

/** As Erlang's PCRE sees it. @param {string} expression @param {string} text */
const isMatch = (expression, text) => new RegExp(expression.replace(/\\z$/, '$')).test(text)

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
    if (kind.atom === 'and') return wanted.list.every((/** @type {any} */ each) => isMeant(each, client))
    const actual = client[/** @type {keyof Client} */ (kind.atom)]
    return Array.isArray(wanted) ? isMatch(wanted[1], actual) : wanted === actual
  }
  /** @param {any} wanted an action, or [action, qualifiers] @param {string} action @param {boolean} retain */
  const isAction = (wanted, action, retain) => {
    if (!Array.isArray(wanted)) return wanted.atom === action || wanted.atom === 'all'
    const [{ atom }, { list }] = wanted
    return atom === action && list.every((/** @type {any} */ [key, value]) => key.atom === 'retain' && value.atom === String(retain))
  }
  return (client, action, topic, retain = false) => {
    for (const [permission, who, wanted, topics] of rules) {
      if (!isMeant(who, client) || (wanted && !isAction(wanted, action, retain))) continue
      /** @param {any} each */
      const matches = (each) =>
        Array.isArray(each) ? each[1] === unshared(topic) : covers(each.replace('${clientid}', client.clientid), unshared(topic))
      if (!topics || topics.list.some(matches)) return permission.atom === 'allow'
    }
    return false
  }
}

/** @param {{ acl: { permission: string, action: string, topic: string, retain?: boolean }[] }} claims @returns {Decision} */
function decideByToken({ acl }) {
  return (_, action, topic, retain = false) => {
    const rule = acl.find((each) => {
      if (each.action !== action && each.action !== 'all') return false
      if (each.retain !== undefined && each.retain !== retain) return false
      return each.topic.startsWith('eq ') ? each.topic.slice(3) === unshared(topic) : covers(each.topic, unshared(topic))
    })
    return rule?.permission === 'allow'
  }
}

const stock = { role: 'service', name: 'stock/one' }
const file = decideByFile(aclConf([stock, { role: 'backend', name: 'old' }], root))
const webappClient = { clientid: ann, username: 'acme:ann' }
const serviceClient = { clientid: 'service:stock:one', username: 'service:stock:one' }

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
      for (const topic of rules.retains) it(`a ${name} can retain ${topic}`, () => assert.ok(decide(client, 'publish', topic, true)))
      for (const topic of [...rules.cannotPublish, ...rules.publishes.filter((each) => !rules.retains.includes(each))])
        it(`a ${name} cannot retain ${topic}`, () => assert.ok(!decide(client, 'publish', topic, true)))
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

  const nobody = [
    '#',
    '+',
    'acme:+:aaaa',
    'acme:ann/bob:aaaa',
    '',
    'a:b:c:dddd',
    'acme:ann:AAAA',
    'acme:an\u0430:aaaa',
    'service:stock:onex',
  ]
  it('a client identifier that is no sound name is nobody', () => {
    for (const clientid of nobody)
      for (const topic of [`webapp/status/${clientid}`, `device/status/${clientid}`])
        assert.ok(!file({ clientid, username: clientid }, 'publish', root + topic), clientid)
  })

  it('the expressions mean the same to Erlang, whose $ would match in front of a newline', () => {
    const rules = consult(aclConf([], root))
    const texts = [ann, 'acme:ann:0123456789abcdef', 'SN1', ...nobody, `${ann}\n`, 'SN1\n', `\n${ann}`, 'admin']
    const expressions = [...new Set(rules.flatMap(([, who]) => (Array.isArray(who) ? [who[1][1]] : [])))]
    assert.equal(expressions.length, 2)
    const program = `[io:put_chars(case re:run(T, R) of {match, _} -> "1"; nomatch -> "0" end)
      || R <- ${JSON.stringify(expressions)}, T <- [${texts.map((text) => `<<${[...Buffer.from(text)].join(',')}>>`).join(', ')}]], halt().`
    const answer = execFileSync('erl', ['-noshell', '-eval', program], { encoding: 'utf8' })
    const expected = expressions.flatMap((expression) => texts.map((text) => (isMatch(expression, text) ? '1' : '0')))
    assert.equal(answer, expected.join(''))
    assert.deepEqual(
      texts.filter((_, index) => expected[index] === '1' || expected[texts.length + index] === '1'),
      [ann, 'acme:ann:0123456789abcdef', 'SN1'],
    )
  })

  it('a service has its rules under its own client identifier alone', () => {
    for (const clientid of ['stock-1', ann, 'service:stock', 'service:stock:two'])
      assert.ok(!file({ clientid, username: 'service:stock:one' }, 'publish', `${root}webapp/res/${bob}`), clientid)
    assert.ok(!file({ clientid: 'service:stock:one', username: ann }, 'publish', `${root}webapp/res/${bob}`))
  })

  it('a token names its account twice, so that it can be verified, and ends', () => {
    const payload = claims({ role: 'webapp', name: ann }, root, { lifetime: 60, now: 1_000_000 })
    assert.deepEqual([payload.username, payload.clientid, payload.iat, payload.exp], [ann, ann, 1000, 1060])
    assert.deepEqual(payload.acl.at(-1), { permission: 'deny', action: 'all', topic: '#' })
    const secret = 'x'.repeat(32)
    const [head = '', body = '', signature] = token(payload, secret).split('.')
    assert.equal(signature, createHmac('sha256', secret).update(`${head}.${body}`).digest('base64url'))
    assert.deepEqual(JSON.parse(Buffer.from(body, 'base64url').toString()), payload)
  })
})
