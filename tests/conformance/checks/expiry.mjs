import assert from 'node:assert/strict'
import { setTimeout as sleep } from 'node:timers/promises'
import { Skipped } from '../support/check.mjs'
import { winner } from '../support/winner.mjs'

const seconds = 2
const environment = { WSMQ_RECORD_EXPIRY: String(seconds) }

/** The Message Expiry Interval with which the broker hands a record on: it subtracts what has passed. @param {import('../support/records.mjs').Seen} seen @param {string} what */
function checkExpiry({ expiry }, what) {
  assert.ok(expiry !== undefined, `${what} has no Message Expiry Interval`)
  if (expiry > seconds) throw new Skipped('the service does not take the expiry of its records from WSMQ_RECORD_EXPIRY')
  assert.ok(expiry >= 1, `the Message Expiry Interval of ${what} is ${expiry}`)
}

/** How a service is forgotten that died with its broker. These start and end instances. @type {import('../support/check.mjs').Check[]} */
export default [
  {
    name: 'record-expiry',
    title: 'the online and the offline record expire after WSMQ_RECORD_EXPIRY, and the online record is renewed before',
    needs: 5,
    async run({ startInstance, records }) {
      const instance = await startInstance(environment)
      try {
        let last = records().last(instance.name)
        checkExpiry(last, 'the online record')
        let shortest = Infinity
        // A busy machine may hold one up.
        for (let renewals = 0; shortest >= seconds * 1000 && renewals < 3; ++renewals) {
          const next = await records().next(instance.name, last)
          assert.deepEqual([next.record.online, next.retained], [true, false], 'this is no renewal')
          checkExpiry(next, 'a renewed record')
          shortest = Math.min(shortest, next.at - last.at)
          last = next
        }
        assert.ok(shortest < seconds * 1000, `a record of ${seconds} s was renewed after ${Math.round(shortest)} ms`)
      } finally {
        await instance.stop('SIGTERM')
      }
      await records().offline(instance.name)
      checkExpiry(records().last(instance.name), 'the offline record')
    },
  },
  {
    name: 'will-expiry',
    title: 'the last will expires after WSMQ_RECORD_EXPIRY',
    needs: 5,
    async run({ startInstance, records }) {
      const instance = await startInstance(environment)
      await instance.stop('SIGKILL')
      await records().offline(instance.name)
      checkExpiry(records().last(instance.name), 'the will')
    },
  },
  {
    name: 'election-expired',
    title: 'where there are no shared subscriptions, an instance whose record has expired is not elected, one that renewed it is',
    needs: 5,
    ownBroker: true,
    async run({ caller, instances, tapped, names: { root, service } }) {
      for (const instance of instances()) await instance.stop()
      /** Another instance, of which there is no more than its record. @param {string} name @param {number} expiry seconds */
      const tell = (name, expiry) =>
        caller.client.publishAsync(`${root}webapp/svc/${service}/${name}`, JSON.stringify({ online: true, service, instance: name }), {
          qos: 1,
          properties: { messageExpiryInterval: expiry },
        })
      await tapped(
        async ({ instance: { name } }) => {
          await tell('renewed', seconds)
          await tell('renewed', 600)
          await tell('expired', seconds)
          /** An id for which one of the three is elected, and of the two that are left another. @param {string} one @param {string} other */
          const idFor = (one, other) => {
            for (;;) {
              const id = caller.newId()
              const elected = [
                [name, 'renewed', 'expired'],
                [name, 'renewed'],
              ].map((names) => winner(names, caller.uid, id))
              if (elected[0] === one && elected[1] === other) return id
            }
          }
          const forRenewed = []
          for (const deadline = performance.now() + 20_000; ;) {
            const id = await caller.start('echo', [], idFor('expired', name))
            forRenewed.push(await caller.start('echo', [], idFor('renewed', 'renewed')))
            await caller.response(await caller.start('echo', [], idFor(name, name)))
            await sleep(200) // only time can show that nothing comes
            if (caller.responses(id).length > 0) break
            assert.ok(performance.now() < deadline, 'requests that an instance would answer whose record has expired are not answered')
          }
          for (const id of forRenewed)
            assert.equal(caller.responses(id).length, 0, 'it answered for an instance that had renewed its record')
        },
        { noSharing: 'connack' },
      )
    },
  },
]
