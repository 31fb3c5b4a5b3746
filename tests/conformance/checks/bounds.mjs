import assert from 'node:assert/strict'
import { Skipped } from '../support/check.mjs'

const limit = 4 // calls at a time, and half of them for one account
const endless = { steps: 100, delay: 0 } // waits for credit after 64 items
const long = { steps: 1, delay: 600_000 }

/** @typedef {import('../support/caller.mjs').Caller} Caller */

/**
 * Runs a check against one instance with settings of its own.
 * @param {import('../support/check.mjs').Tools} tools
 * @param {Record<string, string>} environment
 * @param {(instance: import('../support/instance.mjs').Instance) => Promise<void>} use
 */
async function alone({ startInstance, instances }, environment, use) {
  for (const instance of instances()) await instance.stop()
  const instance = await startInstance(environment)
  try {
    await use(instance)
    assert.ok(instance.running, `the service ended:\n${instance.output}`)
  } finally {
    await instance.stop()
  }
}

/**
 * The same with a small bound, which the service has to heed.
 * @param {import('../support/check.mjs').Tools} tools
 * @param {() => Promise<void>} use
 */
function bounded(tools, use) {
  return alone(tools, { WSMQ_LIMIT: String(limit) }, async () => {
    const { caller, quiet } = tools
    const ids = await Promise.all(Array.from({ length: limit + 1 }, () => caller.start('slow', endless)))
    await quiet(caller)
    const open = ids.filter((id) => caller.responses(id).length === 0)
    if (open.length === ids.length) throw new Skipped('the service does not take its bound from WSMQ_LIMIT')
    await cancel(caller, open)
    await use()
  })
}

/** Streams that have come to where they wait for credit; they are worked on until they are cancelled. @param {Caller} caller @param {number} count */
async function openStreams(caller, count) {
  const ids = []
  for (let n = 0; n < count; ++n) {
    const id = await taken(caller, 'slow', endless)
    await caller.until(() => caller.progress(id).length >= 64, `item 64 of the stream ${id}`)
    ids.push(id)
  }
  return ids
}

/** @param {Caller} caller @param {(string | number)[]} ids */
async function cancel(caller, ids) {
  for (const id of ids) await caller.control('$/cancelRequest', { id })
  for (const id of ids) assert.equal((await caller.response(id)).error?.code, -32003)
}

/**
 * Asks until it is taken, which its response or its first item shows: a place may become free a moment after the response of whoever had it.
 * @param {Caller} caller @param {string} method @param {unknown} params
 * @param {import('mqtt').IClientPublishOptions['properties']} [properties]
 */
async function taken(caller, method, params, properties) {
  const deadline = performance.now() + 20_000
  for (;;) {
    const id = await caller.start(method, params, caller.newId(), properties)
    await caller.until(() => caller.responses(id).length + caller.progress(id).length > 0, `response to ${method}`)
    if (caller.responses(id)[0]?.message.error?.code !== -32004) return id
    assert.ok(performance.now() < deadline, 'a place that should be free is not within 20 s')
  }
}

/** @param {Caller} caller */
async function refused(caller) {
  const id = await caller.start('echo', ['too many'])
  assert.equal((await caller.response(id)).error?.code, -32004)
  return id
}

/** @param {Caller} caller */
async function served(caller) {
  const id = await taken(caller, 'echo', ['served'])
  assert.deepEqual((await caller.response(id)).result, ['served'])
}

/** @param {Caller} caller @param {string} method @param {unknown} params @param {import('mqtt').IClientPublishOptions['properties']} [properties] */
const notify = (caller, method, params, properties) => caller.send(JSON.stringify({ jsonrpc: '2.0', method, params }), properties)

/** What one webapp may cost. These start instances of their own. @type {import('../support/check.mjs').Check[]} */
export default [
  {
    name: 'overload',
    title: 'past its bound a service answers -32004, and takes requests again when others have ended',
    run: (tools) =>
      bounded(tools, async () => {
        const { caller, join, quiet } = tools
        const [bob, eve] = [await join({ user: 'acme:bob' }), await join({ user: 'other:eve' })]
        const open = await openStreams(caller, limit / 2)
        const others = await openStreams(bob, limit / 2)
        const past = [await refused(eve), await refused(eve), await refused(eve)]
        const [duplicate = ''] = open
        await caller.start('slow', endless, duplicate)
        await quiet(caller) // its own request is refused as well
        assert.equal(caller.responses(duplicate).length, 0, 'the duplicate of a request that is worked on was refused')

        await cancel(caller, open)
        await cancel(bob, others)
        await served(eve)
        for (const id of past) {
          await eve.start('echo', ['again'], id)
          assert.deepEqual((await eve.response(id, 2)).result, ['again'], 'what was refused can be asked again')
        }
      }),
  },
  {
    name: 'account',
    title: 'an account, however many webapps it has, gets half of the bound and at least one place',
    async run(tools) {
      const { caller, join } = tools
      await bounded(tools, async () => {
        const [tab, bob] = [await join(), await join({ user: 'acme:bob' })]
        const open = [...(await openStreams(caller, limit / 2 - 1)), ...(await openStreams(tab, 1))]
        await refused(caller)
        await refused(tab)
        await served(bob)
        await cancel(caller, open.slice(0, -1))
        await served(caller)
        await cancel(tab, open.slice(-1))
      })
      await alone(tools, { WSMQ_LIMIT: '1' }, () => served(caller))
    },
  },
  {
    name: 'notified-bound',
    title: 'notifications count as requests do, and past the bound they are dropped',
    run: (tools) =>
      bounded(tools, async () => {
        const { caller, join, quiet } = tools
        const open = await openStreams(caller, limit / 2)
        for (let n = 0; n < limit; ++n) await notify(caller, 'slow', long)
        await refused(caller)
        await cancel(caller, open)
        await quiet(caller)
        await served(caller) // none of them has waited for a place

        for (let n = 0; n < 10 * limit; ++n) await notify(caller, 'slow', long)
        await refused(caller)
        await served(await join({ user: 'acme:bob' }))
      }),
  },
  {
    name: 'notified-stream',
    title: 'a notification of a streaming method ends at its first item',
    run: (tools) =>
      bounded(tools, async () => {
        const { caller } = tools
        const before = caller.received.length
        for (let n = 0; n < 100; ++n) await notify(caller, 'slow', { steps: 1_000_000_000, delay: 0 })
        await served(caller)
        const id = await taken(caller, 'slow', { steps: 20, delay: 1 })
        assert.equal((await caller.response(id)).count, 20)
        assert.ok(
          caller.received.slice(before).every(({ message }) => message.method === undefined || message.params?.id === id),
          'a notification was answered',
        )
      }),
  },
  {
    name: 'outlived',
    title: 'what outlives its Message Expiry ends without an answer and makes room, be it a request or a notification',
    needs: 5,
    run: (tools) =>
      bounded(tools, async () => {
        const { caller, quiet } = tools
        const soon = { messageExpiryInterval: 2 }
        const ids = [await taken(caller, 'slow', { steps: 1000, delay: 100 }, soon), await taken(caller, 'slow', endless, soon)]
        await cancel(caller, await openStreams(caller, limit / 2))
        for (let n = 0; n < limit; ++n) await notify(caller, 'slow', long, soon)
        await cancel(caller, await openStreams(caller, limit / 2))
        for (const id of ids) {
          // Passed over as duplicates, until the first has expired.
          for (const deadline = performance.now() + 20_000; caller.responses(id).length === 0; await quiet(caller)) {
            assert.ok(performance.now() < deadline, 'what has expired cannot be asked again')
            await caller.start('echo', ['again'], id)
          }
          assert.deepEqual((await caller.response(id)).result, ['again'], 'a request that had expired was answered')
        }
      }),
  },
  {
    name: 'stall',
    title: 'a stream that gets no credit for WSMQ_STALL ms is ended with -32003, one that does not wait goes on',
    run: (tools) =>
      alone(tools, { WSMQ_STALL: '1500' }, async ({ name: at }) => {
        const { caller } = tools
        const flowing = await caller.start('slow', { steps: 70, delay: 40 }) // 2.8 s
        await caller.control('$/more', { id: flowing, n: 6 }, at)
        const id = await caller.start('slow', endless)
        await caller.until(() => caller.progress(id).length >= 64, `item 64 of the stream ${id}`)
        const nothing = setInterval(() => void caller.control('$/more', { id, n: 0 }, at), 100)
        try {
          assert.equal((await caller.response(id, 1, 45_000)).error?.code, -32003)
        } finally {
          clearInterval(nothing)
        }
        assert.equal(caller.progress(id).length, 64)
        assert.equal((await caller.response(flowing)).count, 70)
      }),
  },
]
