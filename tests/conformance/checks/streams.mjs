import assert from 'node:assert/strict'

/** Progress, credit and cancellation. @type {import('../support/check.mjs').Check[]} */
export default [
  {
    name: 'progress',
    title: 'progress comes in order, without gaps, and is counted in the response',
    async run({ caller, instances }) {
      const id = await caller.start('slow', { steps: 20, delay: 1 })
      const response = await caller.response(id)
      const progress = caller.progress(id)
      assert.deepEqual(
        progress.map(({ seq }) => seq),
        Array.from({ length: 20 }, (_, seq) => seq),
      )
      assert.deepEqual(
        progress.map(({ value }) => value),
        Array.from({ length: 20 }, (_, seq) => seq + 1),
      )
      assert.deepEqual([response.result, response.count], [20, 20])
      const names = instances().map(({ name }) => name)
      for (const { at } of progress) assert.ok(names.includes(at), `"at" is ${at}, which is no instance of the discovery records`)
    },
  },
  {
    name: 'credit',
    title: 'a stream waits for credit after 64 items, and for the webapp that started it to grant it',
    async run({ caller, join, quiet }) {
      const bob = await join({ user: 'acme:bob' })
      const id = await caller.start('slow', { steps: 100, delay: 0 })
      await caller.until(() => caller.progress(id).length >= 64, `item 64 of the stream ${id}`)
      const at = caller.progress(id)[0].at
      await bob.control('$/more', { id, n: 1000 }, at)
      await quiet(caller)
      assert.equal(caller.progress(id).length, 64, 'items without credit')
      await caller.control('$/more', { id, n: 10 }, at)
      await caller.until(() => caller.progress(id).length >= 74, `item 74 of the stream ${id}`)
      await quiet(caller)
      assert.equal(caller.progress(id).length, 74, 'items without credit')
      await caller.control('$/more', { id, n: 26 }, at)
      assert.equal((await caller.response(id)).count, 100)
      assert.deepEqual(
        caller.progress(id).map(({ seq }) => seq),
        Array.from({ length: 100 }, (_, seq) => seq),
      )
    },
  },
  {
    name: 'credit-bound',
    title: 'at most 256 items are allowed and not yet sent, however many are granted',
    async run({ caller, instances, quiet }) {
      const id = await caller.start('slow', { steps: 10_000, delay: 0 })
      await caller.until(() => caller.progress(id).length >= 64, `item 64 of the stream ${id}`)
      await caller.control('$/more', { id, n: 2 ** 20 }, caller.progress(id)[0].at)
      await caller.until(() => caller.progress(id).length >= 320, `item 320 of the stream ${id}`)
      await quiet(caller)
      assert.equal(caller.progress(id).length, 64 + 256, 'items in all after a grant of 2^20')
      await caller.control('$/cancelRequest', { id })

      // Items that need no credit count as well.
      const fresh = await caller.start('slow', { steps: 10_000, delay: 5 })
      for (const { name } of instances()) await caller.control('$/more', { id: fresh, n: 256 }, name)
      await quiet(caller, 0)
      const sent = caller.progress(fresh).length // when the grant came, at most
      await caller.until(() => caller.progress(fresh).length >= 256, `item 256 of the stream ${fresh}`)
      await quiet(caller)
      const all = caller.progress(fresh).length
      assert.ok(all <= sent + 256, `${all} items came after a grant of 256 when ${sent} had been sent`)
      await caller.control('$/cancelRequest', { id: fresh })
    },
  },
  {
    name: 'credit-void',
    title: '$/more that is no positive whole number allows nothing',
    async run({ caller, quiet }) {
      const id = await caller.start('slow', { steps: 100, delay: 0 })
      await caller.until(() => caller.progress(id).length >= 64, `item 64 of the stream ${id}`)
      const at = caller.progress(id)[0].at
      for (const n of [-5, 0, -(2 ** 40), 0.5, 1.5, '10', '', null, true, [], [10], {}, undefined])
        await caller.control('$/more', { id, n }, at)
      for (const n of ['-1e999999999', '1e-999999999', '-'.padEnd(100_000, '9')]) await more(n)
      await quiet(caller)
      assert.equal(caller.progress(id).length, 64, 'items without credit')
      // These may count or not.
      for (const n of ['1e300', '1e999999999', '18446744073709551616', '9'.repeat(100_000)]) await more(n)
      await caller.control('$/more', { id, n: 36 }, at)
      assert.equal((await caller.response(id)).count, 100)

      /** @param {string} n as JSON */
      function more(n) {
        const payload = `{"jsonrpc":"2.0","method":"$/more","params":{"id":${JSON.stringify(id)},"n":${n}}}`
        return caller.sendControl(payload, at)
      }
    },
  },
  {
    name: 'cancel',
    title: 'a cancelled request stops with -32003, asked for at all instances or at one',
    async run({ caller, quiet }) {
      for (const everywhere of [true, false]) {
        const id = await caller.start('slow', { steps: 60, delay: 500 })
        await caller.until(() => caller.progress(id).length >= 1, `progress of ${id}`)
        await caller.control('$/cancelRequest', { id }, everywhere ? '_all' : caller.progress(id)[0].at)
        assert.equal((await caller.response(id)).error?.code, -32003)
        const count = caller.progress(id).length
        await quiet(caller, 700)
        assert.equal(caller.progress(id).length, count, 'progress after the cancellation')
        assert.equal(caller.responses(id).length, 1, 'more than one response')
      }
    },
  },
  {
    name: 'cancel-waiting',
    title: 'a stream that waits for credit can be cancelled',
    async run({ caller }) {
      const id = await caller.start('slow', { steps: 100, delay: 0 })
      await caller.until(() => caller.progress(id).length >= 64, `item 64 of the stream ${id}`)
      await caller.control('$/cancelRequest', { id })
      assert.equal((await caller.response(id)).error?.code, -32003)
    },
  },
  {
    name: 'cancel-foreign',
    title: 'nobody can cancel the request of another webapp',
    async run({ caller, join }) {
      const bob = await join({ user: 'acme:bob' })
      const id = await caller.start('slow', { steps: 3, delay: 200 })
      await bob.control('$/cancelRequest', { id })
      assert.equal((await caller.response(id)).result, 3)
    },
  },
]
