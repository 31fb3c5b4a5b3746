import assert from 'node:assert/strict'
import { setTimeout as sleep } from 'node:timers/promises'

/** Duplicates and requests that have outlived their time. @type {import('../support/check.mjs').Check[]} */
export default [
  {
    name: 'duplicate',
    title: 'a duplicate is answered from memory and executed once',
    async run({ caller }) {
      const id = await caller.start('slow', { steps: 3, delay: 5 })
      const first = await caller.response(id)
      await caller.start('slow', { steps: 3, delay: 5 }, id)
      assert.deepEqual(await caller.response(id, 2), first)
      assert.deepEqual(
        caller.progress(id).map(({ seq }) => seq),
        [0, 1, 2],
        'the duplicate was executed',
      )
    },
  },
  {
    name: 'duplicate-running',
    title: 'a duplicate of a request that is still worked on does not start it again',
    async run({ caller, quiet }) {
      const id = await caller.start('slow', { steps: 4, delay: 100 })
      await caller.start('slow', { steps: 4, delay: 100 }, id)
      await caller.response(id)
      await quiet(caller)
      assert.deepEqual(
        caller.progress(id).map(({ seq }) => seq),
        [0, 1, 2, 3],
        'the duplicate was executed',
      )
    },
  },
  {
    name: 'duplicates-later',
    title: 'duplicates sent together after the response are answered from memory or passed over, and never executed',
    async run({ caller, quiet }) {
      const id = await caller.start('slow', { steps: 3, delay: 5 })
      const first = await caller.response(id)
      await Promise.all(Array.from({ length: 2 }, () => caller.start('slow', { steps: 3, delay: 5 }, id)))
      // Were one executed it would take no longer than this; nothing that is received can show that none is.
      await quiet(caller, 500)
      assert.deepEqual(
        caller.progress(id).map(({ seq }) => seq),
        [0, 1, 2],
        'a duplicate was executed',
      )
      for (const { message } of caller.responses(id)) assert.deepEqual(message, first)
      assert.ok(caller.responses(id).length <= 3, 'a duplicate was answered more than once')
    },
  },
  {
    name: 'same-id',
    title: 'the same id of two webapps is two requests',
    async run({ caller, join }) {
      const bob = await join({ user: 'acme:bob' })
      const id = caller.newId()
      await Promise.all([caller.start('echo', ['ann'], id), bob.start('echo', ['bob'], id)])
      assert.deepEqual([(await caller.response(id)).result, (await bob.response(id)).result], [['ann'], ['bob']])
    },
  },
  {
    name: 'expired',
    title: 'a request that expired at the broker is not answered',
    ownBroker: true,
    async run({ caller, instances, quiet }) {
      // The service stands still while more requests than the broker may have in flight come in: the rest waits there.
      await Promise.all(instances().map((instance) => instance.pause()))
      let before, late
      try {
        before = await Promise.all(Array.from({ length: 40 }, () => caller.start('echo', ['waits'])))
        late = await caller.start('echo', ['late'], caller.newId(), { messageExpiryInterval: 1 })
        await sleep(2500) // the time itself is what is tested; brokers count in whole seconds
      } finally {
        for (const instance of instances()) instance.resume()
      }
      await Promise.all(before.map((id) => caller.response(id)))
      await quiet(caller)
      assert.deepEqual(caller.responses(late), [], 'the expired request was answered')
    },
  },
  {
    name: 'late',
    title: 'a busy service answers a request within its expiry or not at all',
    needs: 5,
    async run({ caller, quiet }) {
      const busy = await Promise.all(Array.from({ length: 40 }, () => caller.start('slow', { steps: 1, delay: 2500 })))
      const sent = performance.now()
      const id = await caller.start('echo', ['soon'], caller.newId(), { messageExpiryInterval: 1 })
      await Promise.all(busy.map((each) => caller.response(each)))
      await quiet(caller)
      const took = (caller.responses(id)[0]?.at ?? sent) - sent
      assert.ok(took < 2000, `it was answered after ${Math.round(took)} ms, but it expired after 1000`)
    },
  },
]
