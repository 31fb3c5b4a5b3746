// wsmq serve: what programs are given, and what becomes of what they print.
import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import { readFile, writeFile } from 'node:fs/promises'
import { describe, it } from 'node:test'
import { eventually, useWorld } from './party.mjs'
import { childrenOf, shell } from './programs.mjs'
import { start } from './support.mjs'

/** @type {import('./party.mjs').World} */
let world
useWorld((opened) => (world = opened))

for (const version of ['5', '311']) {
  describe(`wsmq serve over MQTT ${version}`, { timeout: 180_000 }, () => {
    it('answers 200 requests at once by programs', async () => {
      const one = await world.serve('svc', '--exec', 'cat', '-V', version, '--jobs', '4')
      const requests = Array.from({ length: 100 }, (_, id) => ({ id, method: 'echo', params: { id } }))
      const asked = ['acme:ann:aaaa', 'acme:bob:bbbb'].map((uid) => world.ask(requests, { uid }))
      for (const responses of await Promise.all(asked)) {
        for (const { id, params } of requests) assert.deepEqual(responses.get(id), { jsonrpc: '2.0', id, result: params })
      }
      await eventually(async () => (await childrenOf(one)).length === 0)
    })

    it('gives a program the request, and nothing else', async () => {
      const script = 'env | grep -E "^(WSMQ_|SECRET)" | sort; ls /proc/self/fd; cat'
      const one = start(['serve', '-d', ...world.address, 'svc', '--text', '-V', version, ...shell(script)], undefined)
      await one.until(() => one.err.includes('Joined as'))
      const { result } = (await world.ask([{ id: 1, method: 'tell', params: ['x'] }])).get(1)
      const lines = result.split('\n')
      assert.deepEqual(lines.slice(0, 5), [
        'WSMQ_CONTENT_TYPE=',
        'WSMQ_FROM=acme:ann:aaaa',
        'WSMQ_METHOD=tell',
        'WSMQ_TRACEPARENT=',
        'WSMQ_USER=acme:ann',
      ])
      // The fourth is what ls reads the folder with.
      assert.deepEqual(lines.slice(5), ['0', '1', '2', '3', '["x"]'])
    })

    it('SIGTERM: answers what is open, says that it is offline, and ends', async () => {
      const go = world.freshFile()
      const one = await world.serve(
        'svc',
        '-V',
        version,
        '--instance',
        'a',
        ...shell(`until [ -e ${go} ]; do sleep 0.02; done; echo '"late"'`),
      )
      const asked = world.ask([{ id: 1, method: 'm' }])
      await one.until(() => one.err.includes('Started for m'))
      const records = await world.listen('app/webapp/svc/svc/a')
      one.child.kill('SIGTERM')
      await records.until((all) => all.some(({ text }) => text.includes('"online":false')))
      await writeFile(go, '')
      assert.equal((await asked).get(1).result, 'late')
      assert.equal((await one.ended).code, 0)
    })
  })
}

describe('what a program gives', { timeout: 180_000 }, () => {
  /** @type {[string, string[], object][]} */
  const cases = [
    ['JSON', shell('echo "{\\"a\\": [1.0]}"'), { result: { a: [1] } }],
    ['nothing', shell('true'), { result: null }],
    ['text', ['--text', ...shell('echo "a\nü"')], { result: 'a\nü' }],
    ['text that is no UTF-8', ['--text', ...shell('printf "a\\377b"')], { result: 'a\ufffdb' }],
    ['no JSON', shell('echo hello'), { error: { code: -32603, message: 'The program did not print JSON' } }],
    ['an exit status', shell('echo first >&2; echo "the last line" >&2; exit 7'), { error: { code: 7, message: 'the last line' } }],
    ['an exit status alone', shell('echo 1; exit 3'), { error: { code: 3, message: 'The program failed' } }],
    ['an error that is no UTF-8', shell('printf "a\\377" >&2; exit 3'), { error: { code: 3, message: 'a\ufffd' } }],
    ['a death', shell('kill -KILL $$'), { error: { code: -32603, message: 'The program was ended by a signal: Killed' } }],
    ['too much', ['--max-output', '1000', ...shell('yes')], { error: { code: -32603, message: 'The program printed too much' } }],
    [
      'too long a line',
      ['--lines', '--max-output', '1000', ...shell('yes | tr -d "\\n"')],
      { error: { code: -32603, message: 'The program printed too long a line' } },
    ],
    [
      'a line that is not JSON',
      ['--lines', ...shell('echo x')],
      { error: { code: -32603, message: 'The program printed a line that is not JSON' } },
    ],
    // What it leaves behind holds its output, and ends with these tests.
    ['less than it leaves behind', shell(`tail --pid=${process.pid} -f /dev/null & echo 1`), { result: 1 }],
    ['its arguments as they are', ['--text', '--', 'printf', '%s|', '[1,2]', '--echo', '$(id)', ''], { result: '[1,2]|--echo|$(id)||' }],
  ]
  for (const [name, args, answer] of cases) {
    it(name, async () => {
      const one = await world.serve('svc', ...args)
      assert.deepEqual((await world.ask([{ id: 1, method: 'm' }])).get(1), { jsonrpc: '2.0', id: 1, ...answer })
      await eventually(async () => (await childrenOf(one)).length === 0)
    })
  }

  it('lines are items, and text where it is told so', async () => {
    await world.serve('svc', '--lines', '--text', ...shell('printf "a\r\n\nlast"'))
    const { out } = await world.request('svc', 'm', '--json')
    assert.equal(out, '{"progress":"a"}\n{"progress":""}\n{"progress":"last"}\n{"result":null,"count":3}\n')
  })

  it('a program need not read what it is asked', async () => {
    await world.serve('svc', ...shell('echo 1'))
    const params = ['x'.repeat(1_000_000)]
    const responses = await world.ask(Array.from({ length: 5 }, (_, id) => ({ id, method: 'm', params })))
    assert.deepEqual(
      [...responses.values()].map(({ result }) => result),
      [1, 1, 1, 1, 1],
    )
  })

  it('a duplicate is answered from memory', async () => {
    const file = world.freshFile()
    await world.serve('svc', ...shell(`echo >> ${file}; echo 1`))
    const again = { id: 'k.1', method: 'm' }
    assert.equal((await world.ask([again])).get('k.1').result, 1)
    assert.equal((await world.ask([again, again], { count: 2 })).get('k.1').result, 1)
    assert.equal(await readFile(file, 'utf8'), '\n')
  })

  it('a notification runs it, and gets no answer', async () => {
    const file = world.freshFile()
    await world.serve('svc', ...shell(`cat >> ${file}; echo x`))
    assert.equal((await world.request('svc', 'hint', '["told"]', '--notify')).code, 0)
    await eventually(async () => existsSync(file) && (await readFile(file, 'utf8')) === '["told"]')
  })
})
