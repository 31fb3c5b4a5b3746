import assert from 'node:assert/strict'

/** How an instance goes when it is asked to. These end instances. @type {import('../support/check.mjs').Check[]} */
export default [
  {
    name: 'leaving',
    title: 'an instance of two that gets SIGTERM unsubscribes, and nothing is lost of what came before or behind its offline record',
    ownBroker: true,
    async run({ caller, instances, startInstance, tapped, records, quiet, names: { root, service } }) {
      for (const instance of instances()) await instance.stop()
      await tapped(async ({ tap, instance: leaver }) => {
        await startInstance()
        const echo = () => Promise.all(Array.from({ length: 200 }, (_, n) => caller.start('echo', [n])))
        const inHand = await Promise.all(Array.from({ length: 40 }, () => caller.start('slow', { steps: 1, delay: 800 })))
        const during = echo()
        leaver.signal('SIGTERM')
        await records().offline(leaver.name)
        const behind = echo()
        const sent = [...inHand, ...(await during), ...(await behind)]
        for (const id of sent) await caller.response(id)
        await quiet(caller)
        for (const id of sent) assert.equal(caller.responses(id).length, 1, `responses to ${id}`)
        const { late } = await leaver.stop('SIGTERM')
        assert.ok(!late, 'it did not end within 20 s')
        assert.ok(
          tap.unsubscribed.some((filter) => filter.endsWith(`${root}webapp/req/${service}/+`)),
          'it has not unsubscribed the requests',
        )
      })
    },
  },
  {
    name: 'goodbye',
    title: 'SIGTERM: the instance says that it is offline, disconnects and ends, though a stream still waits for credit',
    async run({ caller, instances, startInstance, records, brokerLog }) {
      for (const instance of instances()) await instance.stop()
      const instance = await startInstance()
      const id = await caller.start('slow', { steps: 100, delay: 0 })
      await caller.until(() => caller.progress(id).length >= 64, `item 64 of the stream ${id}`)
      const { code, signal, late } = await instance.stop('SIGTERM')
      assert.ok(!late, 'it did not end within 20 s')
      // 143 is how a Java virtual machine ends that has handled the signal.
      assert.ok(signal === null && (code === 0 || code === 143), `it ended with code ${code}, signal ${signal}`)
      await records().offline(instance.name)
      const abrupt = /Client (\S+) closed its connection/.exec(brokerLog())
      assert.ok(!abrupt?.[1]?.includes(instance.name), 'it ended without a DISCONNECT: the record came from its will')
    },
  },
]
