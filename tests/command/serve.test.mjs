// wsmq serve: programs that answer, and whatever may go wrong with them.
import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import { readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { fileURLToPath } from 'node:url'
import { runSuite } from '../conformance/suite.mjs'
import { eventually, useWorld } from './party.mjs'
import { program, start } from './support.mjs'

/** @type {import('./party.mjs').World} */
let world
useWorld((opened) => (world = opened))

/** What a shell does, as the program of a service. @param {string} script */
const shell = (script) => ['--', 'sh', '-c', script]

/** The processes that it has started and that are still there, zombies included. @param {import('./support.mjs').Running} one */
async function childrenOf(one) {
  const text = await readFile(`/proc/${one.child.pid}/task/${one.child.pid}/children`, 'utf8')
  return text.split(' ').filter(Boolean)
}

/** Whether a process runs: neither gone nor a zombie. @param {string} pid */
async function runs(pid) {
  const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => 'State: Z')
  return !/State:\s+Z/.test(status)
}

/** A file of its own in which a program leaves what it has to say. */
let files = 0
const freshFile = () => join(world.directory, `file-${++files}`)

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
      const go = freshFile()
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
    const file = freshFile()
    await world.serve('svc', ...shell(`echo >> ${file}; echo 1`))
    const again = { id: 'k.1', method: 'm' }
    assert.equal((await world.ask([again])).get('k.1').result, 1)
    assert.equal((await world.ask([again, again], { count: 2 })).get('k.1').result, 1)
    assert.equal(await readFile(file, 'utf8'), '\n')
  })

  it('a notification runs it, and gets no answer', async () => {
    const file = freshFile()
    await world.serve('svc', ...shell(`cat >> ${file}; echo x`))
    assert.equal((await world.request('svc', 'hint', '["told"]', '--notify')).code, 0)
    await eventually(async () => existsSync(file) && (await readFile(file, 'utf8')) === '["told"]')
  })
})

describe('requests that mean harm', { timeout: 180_000 }, () => {
  it('a method is a name', async () => {
    const file = freshFile()
    await world.serve('svc', ...shell(`echo "$WSMQ_METHOD" >> ${file}`))
    const methods = ['a\u0000b', 'a\nB=1', '../../bin/sh', '$(touch x)', '', 'x'.repeat(65)]
    const responses = await world.ask(methods.map((method, id) => ({ id, method })))
    for (const { error } of responses.values()) assert.ok([-32601, -32600].includes(error.code), JSON.stringify(error))
    assert.equal(responses.size, methods.length)
    assert.ok(!existsSync(file))
  })

  it('params reach a program as they are, and no shell', async () => {
    await world.serve('svc', '--exec', 'cat')
    const params = ['$(touch /tmp/x)', '`id`', "'; exit 9; '", '\u0000\n', '--version']
    assert.deepEqual((await world.ask([{ id: 1, method: 'm', params }])).get(1).result, params)
  })

  it('a request for a method that it does not have runs nothing', async () => {
    await world.serve('svc', '--method', 'a', '--method', 'b', ...shell('echo "\\"$WSMQ_METHOD\\""'))
    const responses = await world.ask(['a', 'b', 'c'].map((method) => ({ id: method, method })))
    assert.deepEqual([responses.get('a').result, responses.get('b').result, responses.get('c').error.code], ['a', 'b', -32601])
  })
})

describe('programs that take long', { timeout: 180_000 }, () => {
  it('run so many at once, the rest waits, and what is more is turned away, half of all for one account', async () => {
    const file = freshFile()
    const go = freshFile()
    const one = await world.serve(
      'svc',
      '--jobs',
      '2',
      '--queue',
      '3',
      ...shell(`echo >> ${file}; until [ -e ${go} ]; do sleep 0.02; done; echo 1`),
    )
    const ask = (/** @type {string} */ uid, /** @type {number} */ length) =>
      world.ask(
        Array.from({ length }, (_, id) => ({ id, method: 'm' })),
        { uid },
      )
    const heard = await world.listen('app/webapp/res/+')
    const ann = ask('acme:ann:aaaa', 4)
    await heard.until(({ length }) => length === 1) // of its half, one runs and two wait
    await eventually(async () => (await childrenOf(one)).length === 1)
    const bob = ask('acme:bob:bbbb', 3)
    await heard.until(({ length }) => length === 2) // one runs, and one waits beside those
    await eventually(async () => (await readFile(file, 'utf8')).length === 2)
    assert.equal((await childrenOf(one)).length, 2)
    await writeFile(go, '')
    for (const [responses, answered] of /** @type {const} */ ([
      [await ann, 3],
      [await bob, 2],
    ])) {
      const answers = [...responses.values()]
      assert.equal(answers.filter(({ result }) => result === 1).length, answered)
      assert.deepEqual(
        answers.filter(({ error }) => error).map(({ error }) => error.code),
        [-32004],
      )
    }
    assert.equal((await readFile(file, 'utf8')).length, 5)
  })

  it('are ended with all that they have started when the request is cancelled, even against their will', async () => {
    const file = freshFile()
    const script = `trap '' TERM; sh -c 'trap "" TERM; echo $$ >> ${file}; while :; do sleep 0.1; done' & echo $$ >> ${file}; wait; while :; do sleep 0.1; done`
    const one = await world.serve('svc', ...shell(script))
    const asking = world.start('request', 'svc', 'm', '-W', '50')
    await eventually(async () => existsSync(file) && (await readFile(file, 'utf8')).split('\n').length === 3)
    asking.child.kill('SIGINT')
    assert.equal((await asking.ended).code, 7)
    const pids = (await readFile(file, 'utf8')).trim().split('\n')
    await eventually(async () => !(await runs(pids[0] ?? '')) && !(await runs(pids[1] ?? '')))
    await eventually(async () => (await childrenOf(one)).length === 0)
  })

  it('are ended when the request expires', async () => {
    const one = await world.serve('svc', '--', 'sleep', '60')
    const heard = await world.listen('app/webapp/res/acme:ann:aaaa', { clientId: 'acme:ann:aaaa' })
    const request = JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'm' })
    heard.client.publish('app/webapp/req/svc/acme:ann:aaaa', request, { qos: 1, properties: { messageExpiryInterval: 1 } })
    await one.until(() => one.err.includes('Started for m'))
    await eventually(async () => (await childrenOf(one)).length === 0)
    assert.deepEqual(heard.all, [])
  })

  it('are ended when their caller takes no more of the stream, and make room', async () => {
    const one = await world.serve('svc', '--jobs', '1', '--stall', '0.3', '--lines', ...shell('[ $WSMQ_METHOD = quick ] || exec yes 1'))
    const heard = await world.listen('app/webapp/res/acme:ann:aaaa', { clientId: 'acme:ann:aaaa' })
    const ask = (/** @type {string} */ method) =>
      heard.client.publish('app/webapp/req/svc/acme:ann:aaaa', JSON.stringify({ jsonrpc: '2.0', id: method, method }), {
        qos: 1,
        properties: { messageExpiryInterval: 3600 },
      })
    ask('endless')
    ask('quick')
    await heard.until((all) => all.some(({ text }) => JSON.parse(text).id === 'quick'))
    const ends = heard.all.map(({ text }) => JSON.parse(text)).filter(({ method }) => method === undefined)
    assert.deepEqual(
      ends.map(({ id, error }) => [id, error?.code]),
      [
        ['endless', -32003],
        ['quick', undefined],
      ],
    )
    assert.equal(heard.all.length, 64 + 2)
    await eventually(async () => (await childrenOf(one)).length === 0)
  })

  it('do not wait in more bytes than there are', async () => {
    await world.serve('svc', '--jobs', '1', '--queue-bytes', '4000', ...shell('sleep 0.2; echo 1'))
    const requests = [0, 3, 3, 0].map((size, id) => ({ id, method: 'm', params: ['x'.repeat(size * 500)] }))
    const responses = await world.ask(requests)
    assert.deepEqual(
      requests.map(({ id }) => responses.get(id).error?.code),
      [undefined, undefined, -32004, undefined],
    )
  })

  it('are ended as well where a notification began them: at the first line, and when it expires', async () => {
    // What waits when the first one expires may have a moment left, or not.
    for (const [args, messageExpiryInterval, least] of /** @type {const} */ ([
      [['--lines', ...shell('exec yes 1')], 60, 10],
      [['--', 'sleep', '60'], 1, 1],
    ])) {
      const one = await world.serve('svc', '--jobs', '2', ...args)
      const eve = await world.client()
      const hint = JSON.stringify({ jsonrpc: '2.0', method: 'm' })
      for (let i = 0; i < 10; i++) eve.publish('app/webapp/req/svc/acme:eve:eeee', hint, { qos: 1, properties: { messageExpiryInterval } })
      const times = (/** @type {string} */ text) => one.err.split(text).length - 1
      await one.until(() => times('Cancelled: m of acme:eve:eeee') >= least)
      await eventually(async () => times('Cancelled') === times('Started for m') && (await childrenOf(one)).length === 0)
      one.child.kill('SIGTERM')
      assert.equal((await one.ended).code, 0)
    }
  })

  it('do not hold up what is behind them once they are cancelled', async () => {
    const one = await world.serve('svc', '--jobs', '1', ...shell('[ $WSMQ_METHOD = quick ] || exec sleep 60; echo 1'))
    const slow = world.start('request', 'svc', 'slow', '-W', '50')
    await one.until(() => one.err.includes('Started for slow'))
    const quick = world.start('request', 'svc', 'quick', '-W', '50')
    slow.child.kill('SIGINT')
    assert.equal((await quick.ended).out, '1\n')
  })

  it('have their time when the service is ended, and no more', async () => {
    const one = await world.serve('svc', '--patience', '0.3', '--', 'sleep', '60')
    const asked = world.ask([{ id: 1, method: 'm' }])
    await one.until(() => one.err.includes('Started for m'))
    one.child.kill('SIGTERM')
    assert.equal((await asked).get(1).error.code, -32003)
    assert.equal((await one.ended).code, 0)
  })

  it('leave nothing behind when the service ends', async () => {
    const file = freshFile()
    const script = `sh -c 'trap "" TERM; echo $$ > ${file}; while :; do sleep 0.1; done' & wait`
    const one = await world.serve('svc', '--patience', '0.3', ...shell(script))
    void world.run('request', 'svc', 'm', '-W', '50')
    await eventually(async () => existsSync(file) && (await readFile(file, 'utf8')).endsWith('\n'))
    one.child.kill('SIGTERM')
    assert.equal((await one.ended).code, 0)
    const pid = (await readFile(file, 'utf8')).trim()
    await eventually(async () => !(await runs(pid)))
  })

  it('a second signal kills them at once', async () => {
    const file = freshFile()
    const one = await world.serve('svc', ...shell(`trap '' TERM; echo $$ > ${file}; while :; do sleep 0.1; done`))
    void world.run('request', 'svc', 'm', '-W', '50')
    await eventually(async () => existsSync(file) && (await readFile(file, 'utf8')).endsWith('\n'))
    const pid = (await readFile(file, 'utf8')).trim()
    const records = await world.listen('app/webapp/svc/svc/+')
    one.child.kill('SIGINT')
    await records.until((all) => all.some(({ text }) => text.includes('"online":false')))
    one.child.kill('SIGINT')
    assert.equal((await one.ended).code, 130)
    await eventually(async () => !(await runs(pid)))
  })
})

describe('a service of several', { timeout: 180_000 }, () => {
  for (const option of [[], ['--no-share']]) {
    it(`each request is answered once ${option}`, async () => {
      const script = 'echo "\\"$INSTANCE\\""'
      for (const name of ['a', 'b']) {
        await world.serve('svc', '--instance', name, ...option, '--', 'env', `INSTANCE=${name}`, 'sh', '-c', script)
      }
      const requests = Array.from({ length: 60 }, (_, i) => ({ id: `r.${i}`, method: 'm' }))
      const heard = await world.listen('app/webapp/res/+')
      const answers = [...(await world.ask(requests)).values()].map(({ result }) => result)
      assert.equal(answers.length, 60)
      assert.deepEqual([...new Set(answers)].sort(), ['a', 'b'])
      await heard.client.publishAsync('app/webapp/res/mark', '', { qos: 1 })
      await heard.until((all) => all.some(({ topic }) => topic.endsWith('mark')))
      assert.equal(heard.all.length, 61)
    })
  }

  it('its record says what it is', async () => {
    await world.serve('svc', '--echo', '--instance', 'one', '--service-version', '1.2', '--method', 'a', '--method', 'b', '--raw')
    const records = await world.listen('app/webapp/svc/svc/+')
    await records.until(({ length }) => length > 0)
    const { online, service, instance, version, methods, raw } = JSON.parse(records.all[0]?.text ?? '')
    assert.deepEqual([online, service, instance, version, methods, raw], [true, 'svc', 'one', '1.2', ['a', 'b'], true])
  })

  it('one that is a janitor clears the record of who has gone', async () => {
    await world.serve('svc', '--echo', '--janitor', '1')
    const topic = 'app/webapp/status/acme:bob:bbbb'
    const heard = await world.listen(topic)
    await heard.client.publishAsync(topic, '{"online":false,"uid":"acme:bob:bbbb"}', { qos: 1, retain: true })
    await heard.until((all) => all.some(({ text }) => text === ''))
  })

  it('its will tells that it was killed', async () => {
    const one = await world.serve('svc', '--echo', '--instance', 'a')
    const records = await world.listen('app/webapp/svc/svc/a')
    one.child.kill('SIGKILL')
    await records.until((all) => all.some(({ text }) => text.includes('"online":false')))
  })

  it('takes up a lost connection', async () => {
    const one = await world.serve('svc', '--echo')
    await world.broker.restart('SIGKILL')
    await one.until(() => one.err.includes('Joined again as'))
    assert.equal((await world.request('svc', 'echo', '[1]')).out, '[1]\n')
  })
})

describe('conformance', { timeout: 240_000 }, () => {
  const serve = (/** @type {string} */ rest) => [
    'sh',
    '-c',
    `exec ${program} serve "$WSMQ_SERVICE" -L "$WSMQ_URL" --root "$WSMQ_ROOT" ${rest}`,
  ]
  const demo = fileURLToPath(new URL('demo.sh', import.meta.url))

  /** @param {string[]} command @param {string[]} only */
  async function passes(command, only) {
    const results = await runSuite({ command, only })
    assert.deepEqual(
      results.map(({ name, outcome, reason }) => [name, outcome, reason]),
      only.map((name) => [name, 'passed', undefined]),
    )
  }

  it('of programs', async () => {
    const methods = ['echo', 'sum', 'fail', 'devices.list', 'slow'].map((name) => `--method ${name}`).join(' ')
    const only = [
      'echo',
      'unicode',
      'devices',
      'sender',
      'notification',
      'correlation',
      'versions',
      'unknown-method',
      'invalid-json',
      'invalid-request',
    ]
    only.push('hostile', 'same-id', 'discovery')
    await passes(serve(`${methods} --jobs 4 -- sh ${demo}`), only)
  })

  it('of echoes', () => passes(serve('--echo'), ['echo', 'unicode', 'big', 'versions', 'load']))
})

describe('errors', { timeout: 180_000 }, () => {
  /** @type {[string, string[], RegExp][]} */
  const failures = [
    ['no service', ['--echo'], /A service has a name/],
    ['a service that is none', ['a/b', '--echo'], /A service has a name/],
    ['a name for the backend', ['svc', '--backend', '--echo'], /has no name/],
    ['nothing that answers', ['svc'], /Name what answers/],
    ['two that answer', ['svc', '--echo', '--exec', 'cat'], /Name what answers/],
    ['two programs', ['svc', '--exec', 'cat', '--', 'cat'], /cannot be combined/],
    ['no such program', ['svc', '--exec', 'no-such-program'], /no program no-such-program/],
    ['a program with arguments in one word', ['svc', '--exec', 'cat -n'], /Put its arguments after --/],
    ['an instance that is none', ['svc', '--echo', '--instance', '_all'], /underscore/],
    ['a method that is none', ['svc', '--echo', '--method', 'a b'], /A method has a name/],
    ['a record that is too large', ['svc', '--echo', '--service-version', 'x'.repeat(5000)], /at most 4,096 bytes/],
    ['lines of an echo', ['svc', '--echo', '--lines'], /for programs/],
    ['a type without raw bodies', ['svc', '--echo', '--content-type', 'a/b'], /--raw/],
    ['no jobs', ['svc', '--exec', 'cat', '--jobs', '0'], /jobs/],
  ]
  for (const [name, args, text] of failures) {
    it(`${name}: code 2`, async () => {
      const { code, err, out } = await world.run('serve', ...args)
      assert.match(err, text)
      assert.deepEqual([code, out], [2, ''])
    })
  }

  it('a program that cannot be started any more is an internal error', async () => {
    const file = freshFile()
    await writeFile(file, '#!/bin/sh\necho 1\n', { mode: 0o755 })
    const one = await world.serve('svc', '--exec', file)
    assert.equal((await world.ask([{ id: 1, method: 'm' }])).get(1).result, 1)
    await rm(file)
    assert.equal((await world.ask([{ id: 2, method: 'm' }])).get(2).error.code, -32603)
    assert.match(one.err, /could not be started: No such file/)
  })

  it('a password of the environment is not handed to programs', async () => {
    process.env['WSMQ_PASSWORD'] = 'secret'
    try {
      await world.serve('svc', '-u', 'ann', '--text', '--', 'env')
    } finally {
      delete process.env['WSMQ_PASSWORD']
    }
    const { result } = (await world.ask([{ id: 1, method: 'm' }])).get(1)
    assert.ok(result.includes('WSMQ_METHOD=m') && !result.includes('secret'), result)
  })
})
