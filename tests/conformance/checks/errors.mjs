import assert from 'node:assert/strict'

/** What is refused, and how. @type {import('../support/check.mjs').Check[]} */
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
      const request = '{"jsonrpc":"2.0","id":"x","method":"sum","params":[NaN]}'
      for (const payload of ['{"jsonrpc":"2.0","id":"x","method"', '', 'hello', '{]', '{"jsonrpc":"2.0",}', request]) {
        const before = caller.responses(null).length
        await caller.send(payload)
        assert.equal((await caller.response(null, before + 1)).error?.code, -32700, `payload ${payload}`)
      }
    },
  },
  {
    name: 'invalid-utf8',
    title: 'what is not UTF-8 is no JSON: -32700 with id null',
    async run({ caller }) {
      // A continuation missing, an overlong form, a surrogate, UTF-16.
      for (const bytes of ['\xff\xfe', '\xc3', '\xc0\xaf', '\xed\xa0\x80']) await refused(`["${bytes}"]`, 'latin1')
      await refused('["text"]', 'utf16le')

      /** @param {string} params @param {BufferEncoding} encoding */
      async function refused(params, encoding) {
        const before = caller.responses(null).length
        const payload = Buffer.from(`{"jsonrpc":"2.0","id":"utf8","method":"echo","params":${params}}`, encoding)
        await caller.send(payload)
        await caller.until(
          () => caller.responses(null).length > before || caller.responses('utf8').length > 0,
          `response to ${payload.toString('hex')}`,
        )
        assert.deepEqual(
          caller.responses('utf8').map(({ message }) => message),
          [],
          `params ${Buffer.from(params, encoding).toString('hex')}`,
        )
        assert.equal(caller.responses(null)[before]?.message.error?.code, -32700)
      }
    },
  },
  {
    name: 'byte-order-mark',
    title: 'a byte order mark is no JSON: -32700 with id null',
    async run({ caller }) {
      await caller.send('\uFEFF{"jsonrpc":"2.0","id":"mark","method":"echo"}')
      await caller.until(() => caller.received.length > 0, 'response')
      assert.deepEqual(caller.responses('mark'), [], 'what has a byte order mark was taken for JSON')
      assert.equal((await caller.response(null)).error?.code, -32700)
    },
  },
  {
    name: 'unsound-uid',
    title: 'who has a name that the convention forbids is not answered; every name that it allows is',
    async run({ caller, names: { root, service }, quiet }) {
      await caller.client.subscribeAsync(`${root}webapp/res/+`, { qos: 1 })
      /** @param {string} sender */
      const answers = (sender) => caller.received.filter(({ uid }) => uid === sender).length
      const long = 'ä'.repeat(32) // 64 bytes
      const sound = ['a:b:0a1b', `${long}:${long}:0123456789abcdef`, 'acme, inc.:ann@x.org ☃:zzzz', '$acme:_all:0a1b', '{"a"}:[b]:0000']
      const unsound = ['', ':', '::', 'ann', 'acme:ann', 'acme:ann:', ':ann:0a1b', 'acme::0a1b', '::0a1b', 'a:b:c:0a1b', 'a:b:0a1b:']
      for (const rand of ['0a1', '0A1B', '0a-b', '0a1 ', ' 0a1b', '0a1ä', '0123456789abcdefg']) unsound.push(`acme:ann:${rand}`)
      unsound.push(`${long}a:ann:0a1b`, `acme:${long}a:0a1b`)
      for (const sender of [...unsound, ...sound]) {
        for (const payload of ['{"jsonrpc":"2.0","id":1,"method":"echo"}', '{', '{"id":1}']) {
          await caller.client.publishAsync(`${root}webapp/req/${service}/${sender}`, payload, { qos: 1 })
        }
      }
      for (const sender of sound) {
        await caller.until(() => answers(sender) === 3, `response 3 to ${sender}`)
      }
      await quiet(caller)
      for (const sender of unsound) assert.equal(answers(sender), 0, `"${sender}" was answered`)
    },
  },
  {
    name: 'invalid-request',
    title: 'JSON that is no request and no notification is -32600, with the id where it has one',
    async run({ caller }) {
      const wrong = [
        { id: 'a', method: 'echo' },
        { jsonrpc: '1.0', id: 'b', method: 'echo' },
        { jsonrpc: '2.0', id: 'c', method: 5 },
        { jsonrpc: '2.0', id: 'd' },
        { jsonrpc: '2.0', id: {}, method: 'echo' },
        { jsonrpc: '2.0', id: true, method: 'echo' },
        { jsonrpc: '2.0', id: null, method: 'echo' },
        ...[null, 'text', 5, true].flatMap((params) => [
          { jsonrpc: '2.0', id: 'params', method: 'echo', params },
          { jsonrpc: '2.0', method: 'echo', params },
        ]),
        { jsonrpc: '2.0' },
        {},
        { id: 1 },
        { method: [] },
        [{ jsonrpc: '2.0', id: 'e', method: 'echo' }],
        ['id'],
        [],
        5,
        null,
      ]
      for (const request of wrong) {
        const given = /** @type {{ id?: unknown } | null} */ (request)?.id
        const id = typeof given === 'string' || typeof given === 'number' ? given : null
        const before = caller.responses(id).length
        await caller.send(JSON.stringify(request))
        assert.equal((await caller.response(id, before + 1)).error?.code, -32600, JSON.stringify(request))
      }
    },
  },
  {
    name: 'long-id',
    title: 'ids of up to 256 bytes are repeated; a longer one is -32600 with id null',
    async run({ caller }) {
      // And the quotation marks.
      for (const longest of ['i'.repeat(254), 'ä'.repeat(127)]) {
        assert.deepEqual((await caller.response(await caller.start('echo', ['long'], longest))).result, ['long'])
      }
      for (const id of ['i'.repeat(255), 'i'.repeat(300), 'ä'.repeat(128)]) {
        const before = caller.responses(null).length
        await caller.start('echo', ['too long'], id, {})
        await caller.until(() => caller.responses(null).length > before || caller.responses(id).length > 0, 'response to a long id')
        assert.equal(caller.responses(id).length, 0, 'an id of more than 256 bytes was taken')
        assert.equal(caller.responses(null)[before]?.message.error?.code, -32600)
      }
    },
  },
  {
    name: 'answers',
    title: 'what is itself an answer is never answered',
    async run({ caller, quiet }) {
      const before = caller.received.length
      for (const answer of [{ result: 1 }, { result: null }, { error: { code: 1, message: 'one' } }, { error: 'text' }]) {
        await caller.send(JSON.stringify({ jsonrpc: '2.0', id: 'an answer', ...answer }))
        await caller.send(JSON.stringify({ id: 'an answer', ...answer }))
        await caller.send(JSON.stringify({ jsonrpc: '2.0', ...answer }))
      }
      await quiet(caller)
      const answers = caller.received.slice(before).filter(({ message }) => !String(message.id).startsWith('barrier'))
      assert.deepEqual(
        answers.map(({ message }) => message),
        [],
      )
    },
  },
  {
    name: 'invalid-params',
    title: 'parameters of the wrong kind are -32602',
    async run({ caller }) {
      for (const params of [undefined, { a: 1 }, [1, '2'], [null], [[1]], [true]]) {
        assert.equal((await caller.request('sum', params)).error?.code, -32602, `sum of ${JSON.stringify(params)}`)
      }
    },
  },
  {
    name: 'deep',
    title: 'JSON that is nested deep or holds a number without bounds gets one answer, be it an error, and the next request too',
    async run({ caller, quiet }) {
      const open = '['.repeat(100_000)
      const deep = open + ']'.repeat(100_000)
      const payloads = [
        open,
        deep,
        ...['echo', 'sum'].map((method) => `{"jsonrpc":"2.0","id":"deep","method":"${method}","params":${deep}}`),
        `{"jsonrpc":"2.0","id":"deep data","method":"fail","params":{"data":${deep}}}`,
        `{"jsonrpc":"2.0","id":${deep},"method":"echo"}`,
        '{"jsonrpc":"2.0","id":1e999,"method":"echo"}',
        ...['echo', 'sum'].map((method) => `{"jsonrpc":"2.0","id":"large","method":"${method}","params":[1e999]}`),
        '{"jsonrpc":"2.0","id":"large data","method":"fail","params":{"data":1e999}}',
        // What can be read may still be too deep to be written.
        ...[500, 1000, 2000, 5000, 10_000, 20_000].map(
          (depth) => `{"jsonrpc":"2.0","id":"${depth}","method":"echo","params":${'['.repeat(depth)}${']'.repeat(depth)}}`,
        ),
      ]
      const [unfinished, ...others] = payloads
      await caller.send(/** @type {string} */ (unfinished))
      assert.equal((await caller.response(null)).error?.code, -32700)
      for (const payload of others) {
        const before = caller.received.length
        await caller.send(payload)
        await caller.until(() => caller.received.length > before, `response to ${payload.slice(0, 60)}...`)
        await quiet(caller)
        const answers = caller.received.slice(before).filter(({ message }) => !String(message.id).startsWith('barrier'))
        assert.equal(answers.length, 1, `responses to ${payload.slice(0, 60)}...`)
        assert.equal(answers[0]?.message.unreadable, undefined, `the response to ${payload.slice(0, 60)}... is no JSON`)
      }
    },
  },
  {
    name: 'hostile',
    title: 'hostile payloads harm nobody',
    async run({ caller, join, instances, quiet, names }) {
      const deep = '['.repeat(100_000)
      const ids = ['{}', '[]', 'null', 'true', '1e999', '"no such"', '9'.repeat(400), '9'.repeat(100_000), deep + ']'.repeat(100_000)]
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
        '{"id":1}',
        '5',
        '["id"]',
        '{"id":1,"result":2}',
        '{"method":[]}',
        ...ids.flatMap((id) => [`{"id":${id}}`, `{"jsonrpc":"2.0","id":${id},"method":"echo"}`]),
        ...['$/more', '$/cancelRequest', '$/progress', 'nosuch'].map((method) => JSON.stringify({ jsonrpc: '2.0', method })),
      ]
      for (const payload of payloads) await caller.send(payload)
      const controls = ['', '[]', 'null', '{', '5', '"text"', '["id"]', '{"id":1,"result":2}', '{"method":[]}', deep]
      const params = ['null', '5', '[]', '"id"', '{}', ...ids.map((id) => `{"id":${id},"n":5}`)]
      for (const method of ['"$/more"', '"$/cancelRequest"', '"$/x"', 'null', '[]', '{}']) {
        controls.push(`{"method":${method}}`, ...params.map((each) => `{"method":${method},"params":${each}}`))
      }
      for (const target of ['_all', ...instances().map(({ name }) => name)]) {
        for (const payload of controls) await caller.sendControl(payload, target)
      }
      // Nobody is called that.
      for (const sender of ['', ':', ':::', 'acme', 'acme:ann', 'a:b:c:d', '$SYS', 'x'.repeat(60_000)]) {
        const topic = `${names.root}webapp/req/${names.service}/${sender}`
        await caller.client.publishAsync(topic, '{"jsonrpc":"2.0","id":1,"method":"devices.list"}', { qos: 1 })
        await caller.client.publishAsync(topic, '{', { qos: 1 })
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
