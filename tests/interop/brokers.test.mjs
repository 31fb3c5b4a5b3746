// The package over WebSocket against brokers that are not Mosquitto; MQTT.js over plain MQTT is at the other end.
import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import mqtt from 'mqtt'
import { startAedes } from '../support/aedes.mjs'
import { startChaosProxy } from '../support/chaos-proxy.mjs'
import { startRabbitMq } from '../support/rabbitmq.mjs'

const { connect, ConnectionFailedError, ConnectionRefusedError } = await import(new URL('../../dist/index.js', import.meta.url).href)

/**
 * What the brokers do differently. RabbitMQ 3.10 closes the WebSocket where it should refuse by a CONNACK, and over
 * WebSocket publishes the last will after a DISCONNECT as well.
 */
const brokers = [
  { name: 'RabbitMQ', start: () => startRabbitMq(), highestQos: 1, retainedToWildcards: false, refuses: false, willAfterDisconnect: true },
  { name: 'Aedes', start: startAedes, highestQos: 2, retainedToWildcards: true, refuses: true, willAfterDisconnect: false },
]

for (const { name, start, highestQos, retainedToWildcards, refuses, willAfterDisconnect } of brokers)
  describe(`websocket-mq and ${name}`, { timeout: 180_000 }, () => {
    /** @type {Awaited<ReturnType<typeof start>>} */
    let broker
    /** @type {mqtt.MqttClient} */
    let peer
    /** @type {Set<any>} */
    const open = new Set()
    let count = 0

    before(async () => {
      broker = await start()
      peer = await mqtt.connectAsync(broker.tcpUrl, { ...broker.credentials, clientId: 'peer', reconnectPeriod: 50 })
      peer.on('error', () => {}) // it finds no broker while that restarts
    })
    after(async () => {
      await Promise.all([...open].map((mq) => mq.disconnect()))
      await peer?.endAsync(true)
      await broker?.close()
    })

    /** @param {object} [options] @param {string} [url] */
    async function join(options = {}, url = broker.url) {
      const mq = await connect(url, { protocolVersion: 4, credentials: broker.credentials, clientId: `ours-${(count += 1)}`, ...options })
      open.add(mq)
      return mq
    }

    /** Looks at why a connection was not made. @param {any} error @param {number[]} reasonCodes */
    function isRefusal(error, reasonCodes) {
      assert.ok(error instanceof (refuses ? ConnectionRefusedError : ConnectionFailedError), String(error))
      if (refuses) assert.ok(reasonCodes.includes(error.reasonCode), `reason ${error.reasonCode}`)
      if (refuses) assert.equal(error.fatal, true)
      return true
    }

    /** @param {any} subscription */
    async function next(subscription) {
      const { value } = await subscription[Symbol.asyncIterator]().next()
      return { topic: value.topic, text: value.text(), qos: value.qos, retain: value.retain }
    }

    for (const protocolVersion of [3, 4])
      for (const qos of [0, 1, 2])
        it(`messages of QoS ${qos} arrive both ways, MQTT version ${protocolVersion}`, async () => {
          const mq = await join({ protocolVersion })
          const topic = `qos/${protocolVersion}/${qos}`
          const subscription = mq.subscribe(topic, { qos })
          const granted = Math.min(qos, highestQos)
          assert.deepEqual(await subscription.ready, [{ filter: topic, qos: granted }])
          await peer.publishAsync(topic, 'grün', { qos: /** @type {0 | 1 | 2} */ (Math.min(qos, 1)) })
          assert.deepEqual(await next(subscription), { topic, text: 'grün', qos: Math.min(granted, 1), retain: false })
          if (qos > highestQos) return
          await mq.publish(topic, 'own', { qos })
          assert.deepEqual(await next(subscription), { topic, text: 'own', qos: granted, retain: false })
        })

    if (highestQos < 2)
      it('publishing at QoS 2, which this broker acknowledges as if it were QoS 1, is done with that', async () => {
        const mq = await join({ reconnect: false })
        const subscription = mq.subscribe('too/high', { qos: 1 })
        await subscription.ready
        await mq.publish('too/high', 'x', { qos: 2 })
        assert.deepEqual(await next(subscription), { topic: 'too/high', text: 'x', qos: 1, retain: false })
        assert.equal(mq.state, 'connected')
      })

    it('MQTT 5, which this broker does not speak, is a typed error', async () => {
      await assert.rejects(join({ protocolVersion: 5 }), (error) => isRefusal(error, [0x84])) // unsupported protocol version
    })

    it('a wrong password is a typed error', async () => {
      const credentials = { username: 'tester', password: 'wrong' }
      await assert.rejects(join({ credentials }), (error) => isRefusal(error, [0x86, 0x87]))
    })

    it('a retained message arrives at a subscription to its topic, and can be removed', async () => {
      const mq = await join()
      await mq.publish('kept/one', 'kept', { qos: 1, retain: true })
      const exact = mq.subscribe('kept/one', { qos: 1 })
      assert.deepEqual(await next(exact), { topic: 'kept/one', text: 'kept', qos: 1, retain: true })
      await mq.publish('kept/one', '', { qos: 1, retain: true })
      const late = await join()
      const again = late.subscribe('kept/one', { qos: 1 })
      await again.ready
      await mq.publish('kept/one', 'live', { qos: 1 })
      assert.equal((await next(again)).text, 'live')
    })

    it(`a retained message ${retainedToWildcards ? 'arrives' : 'does not arrive'} at a subscription with a wildcard`, async () => {
      const mq = await join()
      await mq.publish('wild/one', 'kept', { qos: 1, retain: true })
      const wildcard = mq.subscribe('wild/+', { qos: 1 })
      await wildcard.ready
      await mq.publish('wild/two', 'live', { qos: 1 })
      assert.equal((await next(wildcard)).text, retainedToWildcards ? 'kept' : 'live')
    })

    it(`the last will is published when the connection is cut, and ${willAfterDisconnect ? '' : 'not '}after a disconnect`, async () => {
      const proxy = await startChaosProxy({ target: broker.url })
      try {
        await peer.subscribeAsync('wills/+', { qos: 1 })
        /** @type {string[]} */
        const wills = []
        const last = new Promise((resolve) =>
          peer.on('message', (topic) => topic.startsWith('wills/') && wills.push(topic) && topic === 'wills/cut' && resolve(undefined)),
        )
        const will = { payload: 'gone', qos: 1 }
        const orderly = await join({ will: { ...will, topic: 'wills/orderly' } })
        open.delete(orderly)
        await orderly.disconnect()
        // One connection later, the broker has dealt with the end of the first.
        const cut = await join({ will: { ...will, topic: 'wills/cut' }, reconnect: false }, proxy.url)
        open.delete(cut)
        proxy.cut()
        await last
        assert.deepEqual(wills, willAfterDisconnect ? ['wills/orderly', 'wills/cut'] : ['wills/cut'])
      } finally {
        await proxy.close()
      }
    })

    it('a session outlives a restart of the broker, and what was published meanwhile arrives', async () => {
      const mq = await join({ cleanStart: false, clientId: 'session', reconnect: { minDelay: 20, maxDelay: 200 } })
      const subscription = mq.subscribe('session/in', { qos: 1 })
      await subscription.ready
      await peer.subscribeAsync('session/out', { qos: 1 })
      /** @type {string[]} */
      const arrived = []
      const all = new Promise((resolve) =>
        peer.on('message', (topic, payload) => {
          if (topic === 'session/out' && arrived.push(payload.toString()) >= 20) resolve(undefined)
        }),
      )
      const lost = new Promise((resolve) =>
        mq.on('state', (/** @type {any} */ change) => change.state === 'reconnecting' && resolve(undefined)),
      )
      const back = new Promise((resolve) =>
        mq.on('state', (/** @type {any} */ change) => change.state === 'connected' && resolve(change.sessionPresent)),
      )
      const subscribedAgain = new Promise((resolve) => peer.once('connect', resolve)).then(() =>
        peer.subscribeAsync('session/out', { qos: 1 }),
      )
      await broker.stop()
      await lost
      // Handed over while there is no broker. Our own go out after the peer listens again, or the peer would miss them.
      const incoming = peer.publishAsync('session/in', 'meanwhile', { qos: 1 })
      await broker.start()
      assert.equal(await back, true)
      await Promise.all([subscribedAgain, incoming])
      assert.equal((await next(subscription)).text, 'meanwhile')
      await Promise.all(Array.from({ length: 20 }, (_, index) => mq.publish('session/out', String(index), { qos: 1 })))
      await all
      assert.deepEqual(
        [...new Set(arrived)],
        Array.from({ length: 20 }, (_, index) => String(index)),
      )
    })

    it('QoS 1 messages that were published without a broker go out when it is back', async () => {
      const mq = await join({ reconnect: { minDelay: 20, maxDelay: 200 } })
      const reader = await mqtt.connectAsync(broker.tcpUrl, {
        ...broker.credentials,
        clientId: 'reader',
        clean: false,
        reconnectPeriod: 50,
      })
      reader.on('error', () => {})
      try {
        await reader.subscribeAsync('queued', { qos: 1 })
        const seen = new Set()
        const all = new Promise((resolve) =>
          reader.on('message', (_, payload) => seen.add(payload.toString()).size === 50 && resolve(undefined)),
        )
        const published = []
        for (let index = 0; index < 25; ++index) published.push(mq.publish('queued', String(index), { qos: 1 }))
        const lost = new Promise((resolve) =>
          mq.on('state', (/** @type {any} */ change) => change.state === 'reconnecting' && resolve(undefined)),
        )
        await broker.stop()
        await lost
        for (let index = 25; index < 50; ++index) published.push(mq.publish('queued', String(index), { qos: 1 }))
        await broker.start()
        await Promise.all([...published, all])
        assert.equal(seen.size, 50)
      } finally {
        await reader.endAsync(true)
      }
    })
  })
