import assert from 'node:assert/strict'

/** What is refused, and how. */
export default [
  {
    name: 'unknown-method',
    title: 'an unknown method is -32601',
    async run({ caller }) {
      for (const method of ['no.such.method', '', 'constructor', '__proto__', 'toString', '$/unknown', 'ECHO']) {
        assert.equal((await caller.request(method, [])).error?.code, -32601, `method "${method}"`)
      }
    },
  },
  {
    name: 'invalid-json',
    title: 'invalid JSON is -32700 with id null',
    async run({ caller }) {
      for (const payload of ['{"jsonrpc":"2.0","id":"x","method"', '', 'hello', '{]', '{"jsonrpc":"2.0",}']) {
        const before = caller.responses(null).length
        await caller.send(payload)
        assert.equal((await caller.response(/** @type {any} */ (null), before + 1)).error?.code, -32700, `payload ${payload}`)
      }
    },
  },
  {
    name: 'invalid-request',
    title: 'JSON that is no request is -32600, with the id where it has one',
    async run({ caller }) {
      const wrong = [
        { id: 'a', method: 'echo' },
        { jsonrpc: '1.0', id: 'b', method: 'echo' },
        { jsonrpc: '2.0', id: 'c', method: 5 },
        { jsonrpc: '2.0', id: 'd' },
        { jsonrpc: '2.0', id: {}, method: 'echo' },
        { jsonrpc: '2.0', id: true, method: 'echo' },
        [{ jsonrpc: '2.0', id: 'e', method: 'echo' }],
        [],
        5,
        null,
      ]
      for (const request of wrong) {
        const id = /** @type {any} */ (typeof (/** @type {any} */ (request)?.id) === 'string' ? /** @type {any} */ (request).id : null)
        const before = caller.responses(id).length
        await caller.send(JSON.stringify(request))
        assert.equal((await caller.response(id, before + 1)).error?.code, -32600, JSON.stringify(request))
      }
    },
  },
  {
    name: 'invalid-params',
    title: 'parameters of the wrong kind are -32602',
    async run({ caller }) {
      for (const params of [undefined, { a: 1 }, [1, '2'], [null], [[1]], [true]]) {
        assert.equal((await caller.request('sum', params)).error?.code, -32602, `sum of ${JSON.stringify(params)}`)
      }
      for (const params of ['text', 5, true]) {
        const { error } = await caller.request('sum', params)
        assert.ok([-32600, -32602].includes(error?.code), `sum of ${params}: ${JSON.stringify(error)}`)
      }
    },
  },
  {
    name: 'hostile',
    title: 'hostile payloads harm nobody',
    async run({ caller, join, instances, quiet, names }) {
      const deep = '['.repeat(100_000)
      const payloads = [
        deep,
        `{"jsonrpc":"2.0","id":"deep","method":"echo","params":${deep}${']'.repeat(100_000)}}`,
        `{"jsonrpc":"2.0","id":"digits","method":"sum","params":[${'9'.repeat(100_000)}]}`,
        '{"jsonrpc":"2.0","id":"big","method":"sum","params":[1e999]}',
        '{"jsonrpc":"2.0","id":"proto","method":"echo","params":{"__proto__":{"polluted":true}}}',
        '{"jsonrpc":"2.0","id":"surrogate","method":"echo","params":["\\ud800"]}',
        JSON.stringify({ jsonrpc: '2.0', id: 'i'.repeat(100_000), method: 'echo' }),
        JSON.stringify({ jsonrpc: '2.0', id: 'm', method: 'm'.repeat(100_000) }),
        JSON.stringify({ jsonrpc: '2.0', id: 's', method: 'slow', params: { steps: -1, delay: 'soon' } }),
        JSON.stringify({ jsonrpc: '2.0', id: 'f', method: 'fail', params: { code: 'none', message: 5 } }),
        Buffer.from([0xff, 0xfe, 0x00, 0x80]),
        Buffer.from('{"jsonrpc":"2.0","id":"utf8","method":"echo","params":["\xff\xfe"]}', 'latin1'),
        Buffer.alloc(100_000),
      ]
      for (const payload of payloads) await caller.send(payload)
      const controls = ['', '[]', 'null', '{', '5', deep, '{"method":"$/more"}', '{"method":"$/cancelRequest","params":null}']
      const params = [[], null, { id: {} }, { id: 'no such' }, { id: [], n: 'many' }, { id: 'no such', n: -5 }]
      for (const each of params)
        controls.push(...['$/more', '$/cancelRequest', '$/x'].map((method) => JSON.stringify({ method, params: each })))
      for (const target of ['_all', ...instances().map(({ name }) => name)]) {
        const topic = `${names.root}webapp/svc/${names.service}/${target}/${caller.uid}`
        for (const payload of controls) await caller.client.publishAsync(topic, payload, { qos: 1 })
      }
      await quiet(caller)
      const unreadable = caller.received.find(({ message }) => message?.unreadable !== undefined)
      assert.ok(!unreadable, `what came back is no JSON: ${unreadable?.message.unreadable}`)
      const other = await join({ user: 'acme:bob' })
      assert.deepEqual((await other.request('echo', ['alive'])).result, ['alive'])
      for (const instance of instances()) assert.ok(instance.running, `the service ended:\n${instance.output}`)
    },
  },
]
