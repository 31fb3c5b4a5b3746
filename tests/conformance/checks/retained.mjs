import assert from 'node:assert/strict'
import { asRetained } from '../support/tap.mjs'

const never = 2 // Retain Handling: retained messages are not sent

/** Only records are ever retained: what else is flagged so is of the past. @type {import('../support/check.mjs').Check[]} */
export default [
  {
    name: 'retained',
    title: 'requests and control messages that are flagged as retained are passed over',
    ownBroker: true,
    async run({ caller, instances, tapped, quiet }) {
      for (const instance of instances()) await instance.stop()
      await tapped(async () => {
        const echo = await caller.start('echo', [asRetained])
        await caller.send(JSON.stringify({ jsonrpc: '2.0', id: asRetained }))
        const id = await caller.start('slow', { steps: 100, delay: 0 })
        await caller.until(() => caller.progress(id).length >= 64, `item 64 of the stream ${id}`)
        await caller.control('$/more', { id, n: 10, asRetained }, caller.progress(id)[0].at)
        await caller.control('$/cancelRequest', { id, asRetained })
        await quiet(caller)
        assert.equal(caller.responses(echo).length, 0, 'a request that was flagged as retained was answered')
        assert.equal(caller.responses(asRetained).length, 0, 'what was flagged as retained was refused')
        assert.equal(caller.progress(id).length, 64, 'credit that was flagged as retained was taken')
        assert.equal(caller.responses(id).length, 0, 'a cancellation that was flagged as retained was heard')
        await caller.start('echo', ['now'], echo)
        assert.deepEqual((await caller.response(echo)).result, ['now'])
        await caller.control('$/cancelRequest', { id })
        assert.equal((await caller.response(id)).error?.code, -32003)
      })
    },
  },
  {
    name: 'retained-before',
    title: 'a request that the broker retained before the service started is not answered, now or at the next start',
    async run({ caller, instances, startInstance, quiet, names }) {
      const topic = `${names.root}webapp/req/${names.service}/${caller.uid}`
      const request = JSON.stringify({ jsonrpc: '2.0', id: 'retained', method: 'echo' })
      for (const instance of instances()) await instance.stop()
      await caller.client.publishAsync(topic, request, { qos: 1, retain: true })
      try {
        for (const start of ['first', 'second']) {
          const instance = await startInstance()
          await quiet(caller).finally(() => instance.stop())
          assert.equal(caller.responses('retained').length, 0, `it was answered at the ${start} start`)
        }
      } finally {
        await caller.client.publishAsync(topic, '', { qos: 1, retain: true })
      }
    },
  },
  {
    name: 'retain-handling',
    title: 'with MQTT 5 it subscribes with Retain Handling 2',
    needs: 5,
    ownBroker: true,
    run: ({ tapped, names: { root, service } }) =>
      tapped(async ({ tap: { subscriptions } }) => {
        const wanted = [`${root}webapp/req/${service}/+`, `${root}webapp/svc/${service}/_all/+`]
        for (const filter of wanted)
          assert.ok(
            subscriptions.some((each) => each.filter.endsWith(filter)),
            `it has not subscribed ${filter}`,
          )
        for (const { filter, options } of subscriptions) {
          if (filter === `${root}webapp/svc/${service}/+`) continue // of records
          assert.equal((options >> 4) & 3, never, `Retain Handling of ${filter}`)
        }
      }),
  },
]
