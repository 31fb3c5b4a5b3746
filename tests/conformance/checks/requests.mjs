import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'

const json = 'application/json'

/** What is answered, and to whom. @type {import('../support/check.mjs').Check[]} */
export default [
  {
    name: 'echo',
    title: 'echo returns values of all JSON types as they came',
    async run({ caller }) {
      const values = [null, true, false, 0, -1, 1.5, 1e300, 9007199254740991, '', 'text', [], {}, [[], {}], { a: { b: [null] } }]
      for (const params of [values, { values }, [], {}]) assert.deepEqual((await caller.request('echo', params)).result, params)
      const bare = await caller.request('echo')
      assert.deepEqual([bare.jsonrpc, bare.result, 'error' in bare], ['2.0', null, false])
    },
  },
  {
    name: 'unicode',
    title: 'text of every kind survives',
    async run({ caller }) {
      const params = ['Grüße, Ωmega, 日本語', '👩‍👩‍👧‍👦 🏳️‍🌈', '\u0000\u0001\t\n\r"\\/', '\u2028\u2029', 'e\u0301', { 'ключ 🔑': '' }]
      assert.deepEqual((await caller.request('echo', params)).result, params)
    },
  },
  {
    name: 'big',
    title: 'a request and a response of a megabyte',
    async run({ caller }) {
      const params = { text: randomBytes(512 * 1024).toString('hex') }
      const { result } = await caller.request('echo', params)
      assert.ok(result?.text === params.text, 'what came back is not what was sent')
    },
  },
  {
    name: 'sum',
    title: 'sum adds numbers',
    async run({ caller }) {
      assert.equal((await caller.request('sum', [1, 2, 3.5, -10])).result, -3.5)
      assert.equal((await caller.request('sum', [])).result, 0)
      assert.equal((await caller.request('sum', [1e308, 1e308])).error?.code, -32602, 'a sum that no double holds')
    },
  },
  {
    name: 'fail',
    title: 'an application error keeps its code, message and data',
    async run({ caller }) {
      const error = { code: 4711, message: 'out of stock', data: { item: 7, tags: ['a', null] } }
      const response = await caller.request('fail', error)
      assert.deepEqual(response.error, error)
      assert.ok(!('result' in response), 'a response with an error must not have a result')
      for (const params of [undefined, {}]) {
        assert.deepEqual((await caller.request('fail', params)).error, { code: 1, message: 'failed on request' }, 'the defaults of fail')
      }
      for (const params of [[], { code: '1' }, { code: 1.5 }, { code: null }, { message: 5 }, { message: null }]) {
        assert.equal((await caller.request('fail', params)).error?.code, -32602, `fail ${JSON.stringify(params)}`)
      }
    },
  },
  {
    name: 'devices',
    title: 'devices.list gives each user the own devices',
    async run({ caller, join }) {
      const [bob, eve] = [await join({ user: 'acme:bob' }), await join({ user: 'other:ann' })]
      assert.deepEqual((await caller.request('devices.list')).result, ['SN-1001', 'SN-1002'])
      assert.deepEqual((await bob.request('devices.list')).result, ['SN-2001'])
      assert.deepEqual((await eve.request('devices.list')).result, [])
    },
  },
  {
    name: 'sender',
    title: 'the sender is taken from the topic, not from the payload nor the Response Topic',
    async run({ caller, join, names }) {
      const bob = await join({ user: 'acme:bob' })
      const responseTopic = `${names.root}webapp/res/${caller.uid}`
      const id = bob.newId()
      const claim = { uid: caller.uid, user: 'ann', from: caller.uid, sender: caller.uid }
      await bob.send(JSON.stringify({ jsonrpc: '2.0', id, method: 'devices.list', params: claim, ...claim }), { responseTopic })
      assert.deepEqual((await bob.response(id)).result, ['SN-2001'])
      assert.deepEqual(caller.responses(id), [], 'the response went where the payload or the Response Topic pointed')
    },
  },
  {
    name: 'notification',
    title: 'a notification gets no response, whatever it asks for',
    async run({ caller, quiet }) {
      const before = caller.received.length
      for (const method of ['echo', 'fail', 'no.such.method'])
        await caller.send(JSON.stringify({ jsonrpc: '2.0', method, params: ['notified'] }))
      await caller.send(JSON.stringify({ jsonrpc: '2.0', method: 'slow', params: { steps: 1, delay: 0 } }))
      await quiet(caller)
      const answers = caller.received.slice(before).filter(({ message }) => !String(message.id).startsWith('barrier'))
      assert.deepEqual(
        answers.map(({ message }) => message),
        [],
      )
    },
  },
  {
    name: 'correlation',
    title: 'the response repeats the Correlation Data',
    needs: 5,
    async run({ caller }) {
      const correlationData = Buffer.from([0, 1, 254, 255, 65])
      for (const [method, params] of [
        ['echo', []],
        ['no.such.method', []],
        ['fail', {}],
      ]) {
        const id = await caller.start(/** @type {string} */ (method), params, caller.newId(), { correlationData })
        await caller.response(id)
        assert.deepEqual(caller.responses(id)[0]?.correlationData, correlationData, `Correlation Data of the response to ${method}`)
      }
    },
  },
  {
    name: 'content-type',
    title: 'responses, errors, progress and records have the Content Type application/json',
    needs: 5,
    async run({ caller, startInstance, watchAgain, records }) {
      await caller.response(await caller.start('slow', { steps: 1, delay: 0 }))
      for (const method of ['echo', 'fail', 'no.such.method']) await caller.request(method)
      await caller.send('{')
      await caller.response(null)
      for (const { message, contentType } of caller.received) assert.equal(contentType, json, JSON.stringify(message))
      const instance = await startInstance()
      assert.equal((await watchAgain(instance.name)).contentType, json, 'Content Type of the discovery record')
      await instance.stop()
      await records().offline(instance.name)
      assert.equal(records().seen.get(instance.name)?.contentType, json, 'Content Type of the record at the end')
    },
  },
  {
    name: 'slow',
    title: 'slow has defaults, and refuses what is out of bounds',
    async run({ caller }) {
      const start = performance.now()
      const id = await caller.start('slow', undefined)
      assert.deepEqual([(await caller.response(id)).result, caller.progress(id).length], [5, 5], 'the default of steps')
      assert.ok(performance.now() - start > 2000, 'the default of delay is 500 ms')
      assert.equal((await caller.request('slow', { steps: 0, delay: 1_000_000_000 })).result, 0)
      for (const steps of [-1, 1.5, 2 ** 31, 1e300, '5', null, true]) await refused({ steps, delay: 0 })
      for (const delay of [-1, 1_000_000_001, 1e300, 'soon', null, true]) await refused({ steps: 0, delay })
      await refused([])

      /** @param {unknown} params */
      async function refused(params) {
        assert.equal((await caller.request('slow', params)).error?.code, -32602, `slow ${JSON.stringify(params)}`)
      }
    },
  },
  {
    name: 'versions',
    title: 'callers with MQTT 3.1.1 and with MQTT 5 are answered alike',
    async run({ caller, join }) {
      const old = await join({ version: 4 })
      for (const each of [old, caller, old, caller]) assert.deepEqual((await each.request('echo', [each.uid])).result, [each.uid])
    },
  },
]
