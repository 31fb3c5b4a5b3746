// wsmq serve: requests that mean harm, and programs that take long.
import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import { readFile, writeFile } from 'node:fs/promises'
import { describe, it } from 'node:test'
import { eventually, useWorld } from './party.mjs'
import { childrenOf, runs, shell } from './programs.mjs'

/** @type {import('./party.mjs').World} */
let world
useWorld((opened) => (world = opened))

describe('requests that mean harm', { timeout: 180_000 }, () => {
  it('a method is a name', async () => {
    const file = world.freshFile()
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
    const file = world.freshFile()
    const go = world.freshFile()
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
    const file = world.freshFile()
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
    const file = world.freshFile()
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
    const file = world.freshFile()
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
