// wsmq request against wsmq serve, and against responders that are MQTT.js alone.
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { freePort } from '../support/free-port.mjs'
import { linesOf, objectsOf, useWorld } from './party.mjs'
import { program, start, wsmq } from './support.mjs'

/** @type {import('./party.mjs').World} */
let world
useWorld((opened) => (world = opened))

for (const version of ['5', '311']) {
  describe(`wsmq request over MQTT ${version}`, { timeout: 180_000 }, () => {
    /** @param {...string} args */
    const request = (...args) => world.request('-V', version, ...args)

    it('prints the result, with numbers and the order of members as they came', async () => {
      await world.serve('svc', '--echo', '-V', version)
      const params = '{"z":1.0,"a":[12345678901234567890123,"ü"]}'
      assert.deepEqual(await request('svc', 'echo', params), { code: 0, signal: null, out: `${params}\n`, err: '' })
      assert.equal((await request('svc', 'echo')).out, 'null\n')
      assert.equal((await request('svc', 'echo', '{"a":[1]}', '--pretty')).out, '{\n  "a": [\n    1\n  ]\n}\n')
      const pretty = '{\n  "z": 1.00,\n  "a": [\n    12345678901234567890123,\n    [],\n    {},\n    "[{,:\\"ü"\n  ]\n}'
      assert.equal((await request('svc', 'echo', pretty.replace(/\n */g, ' '), '--pretty')).out, `${pretty}\n`)
      assert.equal((await request('svc', 'echo', '[]', '--pretty')).out, '[]\n')
      assert.deepEqual(objectsOf((await request('svc', 'echo', '[1]', '--json')).out), [{ result: [1] }])
    })

    it('names each packet with -d, on both sides', async () => {
      const service = await world.serve('svc', '--echo', '-V', version, '-d')
      const { err } = await request('svc', 'echo', '[1]', '-d')
      assert.match(err, /Sent PUBLISH "app\/webapp\/req\/svc\//)
      assert.match(service.err, /Received PUBLISH "app\/webapp\/req\/svc\//)
    })

    it('takes the params from its input and from a file', async () => {
      await world.serve('svc', '--echo', '-V', version)
      const file = join(world.directory, 'params')
      await writeFile(file, '["from a file"]')
      assert.equal((await request('svc', 'echo', '-f', file)).out, '["from a file"]\n')
      for (const words of [['-'], ['-f', '-']]) {
        const { out } = await wsmq(['request', ...world.address, 'svc', 'echo', ...words], '["from the input"]\n')
        assert.equal(out, '["from the input"]\n')
      }
    })

    it('prints the items of a stream where it is told to', async () => {
      await world.serve('svc', '-V', version, '--lines', '--', 'seq', '200')
      const items = Array.from({ length: 200 }, (_, i) => `${i + 1}`)
      const plain = await request('svc', 'count')
      assert.deepEqual([plain.out, linesOf(plain.err)], ['null\n', items])
      const out = await request('svc', 'count', '--progress', 'out')
      assert.deepEqual([linesOf(out.out), out.err], [[...items, 'null'], ''])
      const none = await request('svc', 'count', '--progress', 'none')
      assert.deepEqual([none.out, none.err], ['null\n', ''])
      const json = objectsOf((await request('svc', 'count', '--json')).out)
      assert.deepEqual(json.pop(), { result: null, count: 200 })
      assert.deepEqual(
        json,
        items.map((item) => ({ progress: Number(item) })),
      )
    })

    it('tells the code, the message and the data of an error', async () => {
      await world.responder('app/webapp/req/+', () => ({ error: { code: 7, message: 'sold\u001b[31m out', data: { left: 0 } } }))
      const plain = await request('--backend', 'buy')
      assert.deepEqual([plain.code, plain.out, plain.err], [1, '', 'wsmq: Error 7: sold\\x1b[31m out {"left":0}\n'])
      const { code, message, data, exit_code } = JSON.parse((await request('--backend', 'buy', '--json')).err)
      assert.deepEqual({ code, message, data, exit_code }, { code: 7, message: 'sold\u001b[31m out', data: { left: 0 }, exit_code: 1 })
    })

    it('gives up in time, and cancels: code 27', async () => {
      const slow = await world.serve('svc', '-V', version, '--', 'sleep', '60')
      const { code, out, err } = await request('svc', 'wait', '-W', '1.5')
      assert.deepEqual([code, out, err], [27, '', 'wsmq: No answer arrived in time.\n'])
      await slow.until(() => slow.err.includes('Cancelled: wait'))
    })

    it('SIGINT cancels it at the other side: code 7', async () => {
      const slow = await world.serve('svc', '-V', version, '--', 'sleep', '60')
      const one = world.start('request', '-V', version, 'svc', 'wait', '-W', '50')
      await slow.until(() => slow.err.includes('Started for wait'))
      one.child.kill('SIGINT')
      const { code, err } = await one.ended
      assert.deepEqual([code, err], [7, 'wsmq: The request was cancelled.\n'])
      await slow.until(() => slow.err.includes('Cancelled: wait'))
    })

    it('finds out that the only instance is offline: code 6', async () => {
      const one = await world.serve('svc', '--echo', '-V', version)
      one.child.kill('SIGTERM')
      assert.equal((await one.ended).code, 0)
      const { code, err } = await request('svc', 'echo', '-W', '50')
      assert.deepEqual([code, err], [6, 'wsmq: No responder is online.\n'])
    })

    it('asks another webapp', async () => {
      const bob = 'acme:bob:bbbb'
      const reply = (/** @type {string} */ topic) => topic.replace(/peer\/(.*)\/(.*)$/, 'peer/$2/$1')
      await world.responder(
        `app/webapp/peer/${bob}/+`,
        ({ method, params }, topic) => ({ result: [method, params, topic.split('/').at(-1)] }),
        reply,
      )
      const { out } = await request('--peer', bob, 'hello', '[1]', '--uid', 'acme:ann:aaaa')
      assert.equal(out, '["hello",[1],"acme:ann:aaaa"]\n')
    })

    it('sends a notification', async () => {
      const heard = await world.listen('app/webapp/req/svc/+')
      const { code, out, err } = await request('svc', 'hint', '{"a":1}', '--notify', '--org', 'acme', '--user', 'ann')
      assert.deepEqual([code, out, err], [0, '', ''])
      await heard.until(({ length }) => length === 1)
      assert.match(heard.all[0]?.topic ?? '', /^app\/webapp\/req\/svc\/acme:ann:[a-z0-9]{4}$/)
      assert.deepEqual(JSON.parse(heard.all[0]?.text ?? ''), { jsonrpc: '2.0', method: 'hint', params: { a: 1 } })
    })

    it('leaves no trace in presence', async () => {
      await world.serve('svc', '--echo')
      const heard = await world.listen('app/webapp/status/+')
      assert.equal((await request('svc', 'echo')).code, 0)
      await heard.client.publishAsync('app/webapp/status/mark', '', { qos: 1 })
      await heard.until(({ length }) => length > 0)
      assert.deepEqual(
        heard.all.map(({ topic }) => topic),
        ['app/webapp/status/mark'],
      )
    })
  })
}

describe('wsmq request', { timeout: 180_000 }, () => {
  it('finds nobody at once with MQTT 5: code 6', async () => {
    const { code, err } = await world.request('nobody', 'echo', '-W', '50', '--json')
    const told = JSON.parse(err)
    assert.deepEqual([code, told.exit_code, told.code], [6, 6, -32002])
  })

  it('sends and prints raw bodies', async () => {
    await world.serve('svc', '--raw', '--exec', 'cat')
    const body = Buffer.from([0, 1, 0xff, 0x0a])
    const file = join(world.directory, 'raw')
    await writeFile(file, body)
    const bytes = await printed('request', ...world.address, 'svc', 'store', '-f', file, '--content-type', 'image/png')
    assert.deepEqual(bytes, body)
    const json = objectsOf((await world.request('svc', 'store', '-f', file, '--content-type', 'image/png', '--json')).out)
    assert.deepEqual(json, [{ body_base64: body.toString('base64'), content_type: 'image/png' }])
    const text = objectsOf((await world.request('svc', 'store', 'ü', '--content-type', 'text/plain', '--json')).out)
    assert.deepEqual(text, [{ body: 'ü', content_type: 'text/plain' }])
  })

  it('tells of a service that takes no raw bodies', async () => {
    await world.serve('svc', '--echo')
    const { code, err } = await world.request('svc', 'store', 'x', '--content-type', 'text/plain')
    assert.deepEqual([code, err], [1, 'wsmq: The service does not accept raw bodies.\n'])
    const none = await world.request('nobody', 'store', 'x', '--content-type', 'text/plain', '-W', '0.3')
    assert.equal(none.code, 6, none.err)
  })

  it('finds out that a peer is not there: code 6', async () => {
    assert.equal((await world.request('--peer', 'acme:no:body', 'm', '-W', '50')).code, 6)
  })

  it('hands the trace on', async () => {
    await world.serve('svc', '--text', '--', 'sh', '-c', 'printf %s "$WSMQ_TRACEPARENT"')
    const trace = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01'
    assert.equal((await world.request('svc', 'a', '--traceparent', trace)).out, `"${trace}"\n`)
  })

  it('works below a root of its own', async () => {
    await world.serve('svc', '--echo', '--root', 'tenant/')
    assert.equal((await world.request('svc', 'echo', '[1]', '--root', 'tenant/')).out, '[1]\n')
    assert.equal((await world.request('svc', 'echo', '[1]')).code, 6)
  })

  it('cancels when nobody reads its output any more', async () => {
    const endless = await world.serve('svc', '--lines', '--', 'yes', '1')
    const one = world.start('request', 'svc', 'flow', '--progress', 'out', '-W', '50')
    await one.until(() => one.out.length > 0)
    one.child.stdout.destroy()
    const { code, err } = await one.ended
    assert.equal(code, 1, err)
    assert.match(err, /Standard output could not be written: Broken pipe|Standard output was closed by its reader/)
    await endless.until(() => endless.err.includes('Cancelled: flow'))
  })

  it('fails where an item of a stream is missing', async () => {
    await world.responder('app/webapp/req/+', () => ({ result: null, count: 3 }))
    const { code, err } = await world.request('--backend', 'flow')
    assert.equal(code, 1)
    assert.match(err, /The request failed: An item of the stream was lost/)
  })

  it('keeps what the other side writes on one line, and away from the terminal', async () => {
    const client = await world.client()
    client.on('message', (topic, payload) => {
      const { id } = JSON.parse(payload.toString())
      const answer = `{"jsonrpc":"2.0","id":${JSON.stringify(id)},"result":{\r\n\t"a" : "\u009b31m\u007f"}}`
      client.publish(`app/webapp/res/${topic.split('/').at(-1)}`, answer, { qos: 1 })
    })
    await client.subscribeAsync('app/webapp/req/+', { qos: 1 })
    assert.equal((await world.request('--backend', 'a')).out, '{"a" : "\\u009b31m\\u007f"}\n')
    assert.equal((await world.request('--backend', 'a', '--pretty')).out, '{\n  "a": "\\u009b31m\\u007f"\n}\n')
  })

  it('bears values that are nested without end', async () => {
    await world.serve('svc', '--echo')
    const deep = '['.repeat(100_000) + ']'.repeat(100_000)
    const file = join(world.directory, 'deep')
    await writeFile(file, deep)
    for (const option of ['--pretty', '--json']) {
      const { code, out } = await world.request('svc', 'echo', '-f', file, option)
      assert.deepEqual([code, out.includes(deep)], [0, true])
    }
  })

  it('outlives a broker that goes away: the time limit decides', async () => {
    await world.serve('svc', '--', 'sleep', '60')
    const one = world.start('request', '-d', 'svc', 'wait', '-W', '3')
    await one.until(() => one.err.includes('Joined as'))
    await world.broker.restart('SIGKILL')
    assert.equal((await one.ended).code, 27)
  })

  describe('errors', () => {
    /** @type {[string, string[], number, RegExp][]} */
    const failures = [
      ['no service', [], 2, /Name the service/],
      ['no method', ['svc'], 2, /Name the method/],
      ['a service that is none', ['a/b', 'm'], 2, /Name the service/],
      ['a method that is none', ['svc', '$/cancelRequest'], 2, /Name the method/],
      ['too many words', ['--backend', 'm', '[]', '[]'], 2, /too many/],
      ['params that are no JSON', ['svc', 'm', '{'], 2, /not JSON/],
      ['params that are a number', ['svc', 'm', '1'], 2, /an array or an object/],
      ['params twice', ['svc', 'm', '[]', '-f', 'x'], 2, /cannot be combined/],
      ['no such file', ['svc', 'm', '-f', '/nonexistent'], 1, /cannot be read/],
      ['a peer that is no uid', ['--peer', 'bob', 'm'], 2, /a uid/],
      ['a peer and the backend', ['--peer', 'a:b:cccc', '--backend', 'm'], 2, /cannot be combined/],
      ['a uid that is none', ['svc', 'm', '--uid', 'ann'], 2, /A uid is/],
      ['a user that is none', ['svc', 'm', '--user', 'a/b'], 2, /--org and --user/],
      ['a root that is none', ['svc', 'm', '--root', 'x'], 2, /topic root/],
      ['a raw body below MQTT 5', ['svc', 'm', 'x', '--content-type', 'a/b', '-V', '311'], 2, /MQTT 5/],
      ['a raw body for a peer', ['--peer', 'a:b:cccc', 'm', 'x', '--content-type', 'a/b'], 2, /services/],
      ['a client identifier', ['svc', 'm', '-i', 'x'], 2, /-i|not expected/],
    ]
    for (const [name, args, code, text] of failures) {
      it(`${name}: code ${code}`, async () => {
        const result = await world.request(...args)
        assert.match(result.err, text)
        assert.deepEqual([result.code, result.out], [code, ''])
      })
    }

    for (const [command, args, code] of /** @type {const} */ ([
      ['request', ['svc', 'm'], 7],
      ['request', ['svc', 'm', '--notify'], 7],
      ['serve', ['svc', '--echo'], 0],
      ['presence', [], 0],
      ['services', [], 0],
    ])) {
      it(`SIGINT while nobody answers ends ${command} ${args.join(' ')}: code ${code}`, async () => {
        const mute = createServer((socket) => socket.on('error', () => {})).listen(0, '127.0.0.1')
        await once(mute, 'listening')
        const { port } = /** @type {import('node:net').AddressInfo} */ (mute.address())
        const connected = once(mute, 'connection')
        const one = start([command, '-h', '127.0.0.1', '-p', String(port), ...args])
        await connected
        one.child.kill('SIGINT')
        assert.equal((await one.ended).code, code)
        mute.close()
      })
    }

    it('no broker: code 3', async () => {
      const { code, err } = await wsmq(['request', '-h', '127.0.0.1', '-p', String(await freePort()), 'svc', 'm'])
      assert.equal(code, 3)
      assert.match(err, /Not connected: .*refused/i)
    })
  })
})

/** Standard output as bytes. @param {...string} args @returns {Promise<Buffer>} */
async function printed(...args) {
  const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'inherit'] })
  /** @type {Buffer[]} */
  const chunks = []
  for await (const chunk of child.stdout) chunks.push(chunk)
  return Buffer.concat(chunks)
}
