import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { describe, it } from 'node:test'

const python = 'python3'
const isHere = spawnSync(python, ['--version']).status === 0

const page = readFileSync(new URL('../../docs/protocol.md', import.meta.url), 'utf8')
const example = /^## A responder\n+```python\n([^]*?)^```$/m.exec(page)?.[1] ?? ''

/** Hands messages to the example as paho-mqtt does, and prints what it publishes for each. */
const harness = `
import base64, json, math, re, sys
from types import SimpleNamespace

ROOT = 'root/'
methods = {'echo': lambda sender, params: [sender, params], 'infinite': lambda sender, params: float('inf')}

${example}
class Client:
    def publish(self, topic, payload, qos):
        self.published.append([topic, json.loads(payload), qos])

client = Client()
for line in sys.stdin:
    payload, retain, sender = json.loads(line)
    client.published = []
    topic = 'root/webapp/req/orders/' + sender
    on_message(client, None, SimpleNamespace(topic=topic, payload=base64.b64decode(payload), retain=retain))
    print(json.dumps(client.published))
`

/**
 * The only answer to each message: its id, and its result or code; nothing where there is none.
 * @param {(string | Buffer)[]} payloads @param {boolean} [retain] @param {string} [sender]
 */
function answersTo(payloads, retain = false, sender = 'acme:ann:0a1b') {
  const input = payloads.map((payload) => JSON.stringify([Buffer.from(payload).toString('base64'), retain, sender])).join('\n')
  const { status, stdout, stderr } = spawnSync(python, ['-c', harness], { input, encoding: 'utf8' })
  assert.equal(status, 0, stderr)
  const lines = stdout.trim().split('\n')
  assert.equal(lines.length, payloads.length)
  return lines.map((line) => {
    const answers = JSON.parse(line)
    assert.ok(answers.length <= 1, line)
    if (answers.length === 0) return undefined
    const [topic, { jsonrpc, id, result, error }, qos] = answers[0]
    assert.deepEqual([topic, jsonrpc, qos], [`root/webapp/res/${sender}`, '2.0', 1])
    return [id, error ? error.code : result]
  })
}

describe('the responder of docs/protocol.md', { skip: !isHere && `there is no ${python}` }, () => {
  it('answers requests', () => {
    assert.deepEqual(
      answersTo(['{"jsonrpc":"2.0","id":"a","method":"echo","params":{"b":1}}', '{"jsonrpc":"2.0","id":5,"method":"echo"}']),
      [
        ['a', ['acme:ann:0a1b', { b: 1 }]],
        [5, ['acme:ann:0a1b', []]],
      ],
    )
  })

  it('takes ids of up to 256 bytes', () => {
    for (const id of ['i'.repeat(254), 'ä'.repeat(127)]) {
      assert.deepEqual(answersTo([JSON.stringify({ jsonrpc: '2.0', id, method: 'echo' })]), [[id, ['acme:ann:0a1b', []]]])
    }
  })

  it('answers sound names only', () => {
    const request = '{"jsonrpc":"2.0","id":"a","method":"echo"}'
    for (const sender of ['a:b:0123456789abcdef', `${'ä'.repeat(32)}:ann@x.org ☃:zzzz`])
      assert.deepEqual(answersTo([request], false, sender), [['a', [sender, []]]])
    for (const sender of ['', 'ann', 'acme:ann', ':ann:0a1b', 'a:b:c:0a1b', 'acme:ann:0A1B', `${'ä'.repeat(33)}:ann:0a1b`, 'a:\u0085:0a1b'])
      assert.deepEqual(answersTo([request, '{'], false, sender), [undefined, undefined])
  })

  /** @type {[string | Buffer, unknown, number][]} */
  const refused = [
    ['\uFEFF{"jsonrpc":"2.0","id":"a","method":"echo"}', null, -32700],
    ['{"jsonrpc":"2.0","id":"a","method":"echo","params":null}', 'a', -32600],
    ['{"jsonrpc":"2.0","method":"echo","params":5}', null, -32600],
    [`{"jsonrpc":"2.0","id":"${'i'.repeat(255)}","method":"echo"}`, null, -32600],
    [`{"jsonrpc":"2.0","id":"${'ä'.repeat(128)}","method":"echo"}`, null, -32600],
    ['', null, -32700],
    ['{', null, -32700],
    ['['.repeat(100_000), null, -32700],
    [Buffer.from('["\xff"]', 'latin1'), null, -32700],
    ['{"jsonrpc":"2.0","id":"a","method":"echo","params":[NaN]}', null, -32700],
    ['{"id":1}', 1, -32600],
    ['5', null, -32600],
    ['null', null, -32600],
    ['["id"]', null, -32600],
    ['{"method":[]}', null, -32600],
    ['{"jsonrpc":"2.0","id":"a","method":{}}', 'a', -32600],
    ['{"jsonrpc":"2.0","id":"a","method":"echo","params":5}', 'a', -32600],
    ['{"jsonrpc":"2.0","id":[],"method":"echo"}', null, -32600],
    ['{"jsonrpc":"2.0","id":null,"method":"echo"}', null, -32600],
    ['{"jsonrpc":"2.0","id":true,"method":"echo"}', null, -32600],
    ['{"jsonrpc":"2.0","id":1e999,"method":"echo"}', null, -32600],
    [`{"jsonrpc":"2.0","id":${'9'.repeat(400)},"method":"echo"}`, null, -32600],
    [`{"jsonrpc":"2.0","id":"${'i'.repeat(300)}","method":"echo"}`, null, -32600],
    ['{"jsonrpc":"2.0","id":"a","method":"nosuch"}', 'a', -32601],
    ['{"jsonrpc":"2.0","id":"a","method":"infinite"}', 'a', -32603],
  ]
  it('refuses what is no sound request', () => {
    const answers = answersTo(refused.map(([payload]) => payload))
    for (const [n, [payload, ...answer]] of refused.entries()) assert.deepEqual(answers[n], answer, payload.toString().slice(0, 100))
  })

  it('does not answer answers, notifications and what is retained', () => {
    const payloads = ['{"id":1,"result":2}', '{"id":1,"error":{}}', '{"jsonrpc":"2.0","result":null}']
    payloads.push(...['echo', 'nosuch'].map((method) => `{"jsonrpc":"2.0","method":"${method}"}`))
    for (const answer of answersTo(payloads)) assert.equal(answer, undefined)
    assert.deepEqual(answersTo(['{"jsonrpc":"2.0","id":"a","method":"echo"}', '{'], true), [undefined, undefined])
  })
})
