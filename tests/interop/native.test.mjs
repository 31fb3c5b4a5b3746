// The native client, by its command, over TCP and WebSocket against brokers that are not Mosquitto.
import assert from 'node:assert/strict'
import { after, afterEach, before, describe, it } from 'node:test'
import { buildCommand, endAll, start, wsmq } from '../command/support.mjs'
import { startAedes } from '../support/aedes.mjs'
import { startRabbitMq } from '../support/rabbitmq.mjs'

const brokers = [
  { name: 'RabbitMQ', startBroker: () => startRabbitMq(), highestQos: 1, retainedToWildcards: false },
  { name: 'Aedes', startBroker: startAedes, highestQos: 2, retainedToWildcards: true },
]

before(() => buildCommand(), { timeout: 600_000 })

for (const { name, startBroker, highestQos, retainedToWildcards } of brokers)
  describe(`the native client and ${name}`, { timeout: 240_000 }, () => {
    /** @type {Awaited<ReturnType<typeof startBroker>>} */
    let broker
    before(async () => {
      broker = await startBroker()
    })
    afterEach(endAll)
    after(() => broker?.close())

    /** @param {string} address @param {...string} args */
    const at = (address, ...args) => ['-L', address.replace('://', '://tester:secret@'), ...args]

    for (const transport of /** @type {const} */ (['tcpUrl', 'url'])) {
      /** @param {...string} args */
      const here = (...args) => at(broker[transport], '-V', '311', ...args)
      const over = transport === 'url' ? 'WebSocket' : 'TCP'

      for (let qos = 0; qos <= highestQos; ++qos)
        it(`a message of QoS ${qos} arrives over ${over}`, async () => {
          const topic = `native/${over}/${qos}`
          const sub = start(['sub', ...here('-t', topic, '-q', String(qos), '-C', '1', '-d')])
          await sub.subscribed()
          const pub = await wsmq(['pub', ...here('-t', topic, '-m', 'grün', '-q', String(qos))])
          assert.deepEqual([pub.code, pub.err], [0, ''])
          const { code, out } = await sub.ended
          assert.deepEqual([code, out], [0, 'grün\n'])
        })

      it(`retained messages are kept, over ${over}`, async () => {
        const topic = `native/kept/${over}`
        assert.equal((await wsmq(['pub', ...here('-t', `${topic}/a`, '-m', 'kept', '-q', '1', '-r')])).code, 0)
        const exact = await wsmq(['sub', ...here('-t', `${topic}/a`, '-q', '1', '-C', '1')])
        assert.equal(exact.out, 'kept\n')
        const wildcard = start(['sub', ...here('-t', `${topic}/+`, '-q', '1', '-C', '1', '-d')])
        await wildcard.subscribed()
        if (!retainedToWildcards) await wsmq(['pub', ...here('-t', `${topic}/b`, '-m', 'live', '-q', '1')])
        assert.equal((await wildcard.ended).out, retainedToWildcards ? 'kept\n' : 'live\n')
      })

      it(`the last will of a killed process is published, over ${over}`, async () => {
        const topic = `native/will/${over}`
        const watcher = start(['sub', ...here('-t', topic, '-q', '1', '-C', '1', '-d')])
        await watcher.subscribed()
        const victim = start([
          'sub',
          ...here('-t', 'native/none', '-d', '--will-topic', topic, '--will-payload', 'gone', '--will-qos', '1'),
        ])
        await victim.subscribed()
        victim.child.kill('SIGKILL')
        assert.equal((await watcher.ended).out, 'gone\n')
      })

      it(`MQTT 5 is refused with a readable error, over ${over}`, async () => {
        const { code, err } = await wsmq(['pub', ...at(broker[transport], '-V', '5', '-t', 'native/five', '-m', 'x')])
        assert.notEqual(code, 0)
        assert.notEqual(err.trim(), '')
      })

      it(`a session outlives a restart of the broker, over ${over}`, async () => {
        const topic = `native/session/${over}`
        const sub = start(['sub', ...here('-t', topic, '-q', '1', '-C', '2', '-d', '-c', '-i', `native-${over}`)])
        await sub.subscribed()
        await wsmq(['pub', ...here('-t', topic, '-m', 'before', '-q', '1')])
        await sub.until(() => sub.out.includes('before'))
        await broker.restart()
        // It waits in the session, or finds the subscriber back: both are right, and neither may lose it.
        assert.equal((await wsmq(['pub', ...here('-t', topic, '-m', 'after', '-q', '1')])).code, 0)
        const { code, out } = await sub.ended
        assert.deepEqual([code, out], [0, 'before\nafter\n'])
      })
    }
  })
