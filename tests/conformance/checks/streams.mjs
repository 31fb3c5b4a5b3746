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
