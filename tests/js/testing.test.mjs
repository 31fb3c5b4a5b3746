// websocket-mq/testing: the broker in memory, with the package as it is built on one side and what an application's test
// would say on the other.
import assert from 'node:assert/strict'
import { afterEach, beforeEach, describe, it } from 'node:test'
import FakeTimers from '@sinonjs/fake-timers'
import { connect } from 'websocket-mq'
import { TestBroker } from 'websocket-mq/testing'
import { Webapp } from 'websocket-mq/webapp'

/** @type {TestBroker} */
let broker
const start = (options = {}) => (broker = new TestBroker(options).install())
beforeEach(() => start())
afterEach(() => broker.close())

/** What it hears, as text. @param {any} mq @param {string | string[]} filter @param {object} [options] */
async function hear(mq, filter, options = { qos: 2 }) {
  /** @type {string[]} */
  const heard = []
  await mq.subscribe(filter, options, (/** @type {any} */ message) => heard.push(`${message.topic} ${message.text()}`)).ready
  return heard
}
/** Whatever is on its way arrives meanwhile. @param {any} mq */
async function settled(mq) {
  await mq.publish('settled', '', { qos: 1 })
  await new Promise((resolve) => setTimeout(resolve))
}

for (const protocolVersion of /** @type {const} */ ([3, 4, 5]))
  describe(`MQTT ${protocolVersion}`, () => {
    const join = (options = {}) => connect(broker.url, { protocolVersion, reconnect: { minDelay: 0, maxDelay: 10 }, ...options })

    it('passes messages on at every QoS, both ways', async () => {
      const mq = await join()
      const heard = await hear(mq, 'a/#')
      for (const qos of /** @type {const} */ ([0, 1, 2])) {
        broker.publish('a/1', `to ${qos}`, { qos })
        await mq.publish('a/2', `from ${qos}`, { qos })
      }
      await settled(mq)
      assert.deepEqual(heard.toSorted(), ['a/1 to 0', 'a/1 to 1', 'a/1 to 2', 'a/2 from 0', 'a/2 from 1', 'a/2 from 2'])
      assert.deepEqual(
        broker.messages.filter(({ topic }) => topic === 'a/2').map((message) => [message.text(), message.qos]),
        [['from 0', 0], ['from 1', 1], ['from 2', 2]],
      ) // prettier-ignore
      await mq.disconnect()
    })

    it('retains the latest message', async () => {
      const mq = await join()
      await mq.publish('state', 'old', { qos: 1, retain: true })
      broker.publish('state', { json: { door: 'open' } }, { retain: true })
      const heard = await hear(mq, 'state')
      await settled(mq)
      assert.deepEqual(heard, ['state {"door":"open"}'])
      assert.deepEqual([...broker.retained.keys()], ['state'])
      await mq.publish('state', '', { qos: 1, retain: true })
      assert.equal(broker.retained.size, 0)
      await mq.disconnect()
    })

    it('publishes the will of whoever is cut, and not that of whoever says goodbye', async () => {
      const will = { topic: 'gone', payload: 'ann', qos: /** @type {const} */ (1) }
      const [ann, bob] = [
        await join({ will, clientId: 'ann', reconnect: false }),
        await join({ will: { ...will, payload: 'bob' }, clientId: 'bob' }),
      ]
      await bob.disconnect()
      broker.cut('ann')
      assert.equal((await broker.next('gone')).text(), 'ann')
      await ann.closed
      assert.equal(broker.messages.length, 1)
    })

    it('loses nothing where acknowledgements are lost and the connection is cut', async () => {
      const mq = await join({ clientId: 'ann', cleanStart: false, sessionExpiryInterval: 60 })
      const heard = await hear(mq, 'a/#')
      let dropped = 0
      const undo = broker.intercept(({ direction, packet }) => {
        if (!['puback', 'pubrec', 'pubrel', 'pubcomp'].includes(packet.type) || dropped >= 8) return undefined
        dropped += 1
        return direction === 'in' && dropped % 3 === 0 ? 'cut' : 'drop'
      })
      const published = []
      for (let number = 0; number < 5; ++number) {
        published.push(mq.publish(`a/own/${number}`, 'x', { qos: number % 2 ? 1 : 2 }))
        broker.publish(`a/other/${number}`, 'x', { qos: number % 2 ? 1 : 2 })
        await new Promise((resolve) => setTimeout(resolve))
        broker.cut()
      }
      await Promise.all(published)
      undo()
      const wanted = [0, 1, 2, 3, 4].flatMap((number) => [`a/own/${number} x`, `a/other/${number} x`])
      while (!wanted.every((each) => heard.includes(each))) await new Promise((resolve) => setTimeout(resolve))
      assert.ok(dropped >= 3)
      // What was sent at QoS 2 to us came once.
      for (const number of [0, 2, 4]) assert.equal(heard.filter((each) => each === `a/other/${number} x`).length, 1)
      await mq.disconnect()
    })

    it('keeps access rules', async () => {
      broker.close()
      start({
        authenticate: (/** @type {any} */ { username, password }) => username === 'ann' && password === 'secret',
        allow: (/** @type {any} */ { action, topic, username }) =>
          topic.startsWith(`${username}/`) || (action === 'subscribe' && topic === 'news'),
      })
      await assert.rejects(join({ credentials: { username: 'ann', password: 'wrong' } }), {
        name: 'ConnectionRefusedError',
        reasonCode: 0x86,
      })
      const mq = await join({ credentials: { username: 'ann', password: 'secret' } })
      const heard = await hear(mq, ['ann/+', 'news'])
      await assert.rejects(async () => mq.subscribe('bob/#').ready, { name: 'SubscribeError' })
      await mq.publish('ann/1', 'mine', { qos: 1 })
      const forbidden = mq.publish('bob/1', 'not mine', { qos: 1 })
      if (protocolVersion === 5) await assert.rejects(forbidden, { reasonCode: 0x87 })
      else await forbidden
      broker.publish('news', 'all')
      await mq.publish('ann/2', 'last', { qos: 1 })
      assert.deepEqual(broker.messages.map(({ topic }) => topic), ['ann/1', 'ann/2']) // prettier-ignore
      while (heard.length < 3) await new Promise((resolve) => setTimeout(resolve))
      assert.deepEqual(broker.clients.map(({ username, version, filters }) => ({ username, version, filters })), [
        { username: 'ann', version: protocolVersion, filters: ['ann/+', 'news'] },
      ]) // prettier-ignore
      await mq.disconnect()
    })

    it('refuses by script, goes away and comes back', async () => {
      broker.refuse(0x88)
      await assert.rejects(join({ reconnect: false }), { reasonCode: 0x88 })
      const mq = await join()
      broker.goOffline()
      await broker.until(({ clients }) => clients.length === 0)
      broker.refuse(0x88, 0x88)
      broker.goOnline()
      await broker.until(({ clients }) => clients.length === 1)
      assert.equal(mq.state === 'closed', false)
      await mq.disconnect()
    })

    it('shares a subscription out', async () => {
      const members = [await join(), await join()]
      const heard = await Promise.all(members.map((mq) => hear(mq, '$share/group/jobs')))
      for (let number = 0; number < 10; ++number) broker.publish('jobs', String(number), { qos: 1 })
      await Promise.all(members.map(settled))
      assert.deepEqual(heard.map((each) => each.length), [5, 5]) // prettier-ignore
      for (const mq of members) await mq.disconnect()
    })
  })

describe('MQTT 5', () => {
  it('has subscription identifiers, properties, reason codes and limits', async () => {
    broker.close()
    start({ maximumQos: 1, maximumPacketSize: 1000, topicAliasMaximum: 5, announce: { receiveMaximum: 3 } })
    const mq = await connect(broker.url)
    assert.equal(mq.negotiated?.maximumQos, 1)
    assert.equal(mq.negotiated?.receiveMaximum, 3)
    await assert.rejects(mq.publish('a', 'x', { qos: 2 }))
    await assert.rejects(mq.publish('a', 'x'.repeat(2000), { qos: 1 }), { code: 'packet_too_large' })
    const { reasonCode } = await mq.publish('nobody', 'x', { qos: 1 })
    assert.equal(reasonCode, 0x10)
    /** @type {any[]} */
    const got = []
    await mq.subscribe('a', { qos: 1, properties: { subscriptionIdentifier: 7 } }, (message) => got.push(message.properties)).ready
    for (let round = 0; round < 3; ++round)
      await mq.publish('a', 'x', {
        qos: 1,
        properties: { contentType: 'text/plain', userProperties: { a: 'b' }, correlationData: new Uint8Array([1, 2]) },
      })
    await settled(mq)
    assert.equal(got.length, 3)
    assert.equal(got[0].contentType, 'text/plain')
    assert.equal(got[0].subscriptionIdentifier, 7)
    assert.deepEqual([...got[0].correlationData], [1, 2])
    assert.deepEqual(broker.messages.at(-2)?.properties['userProperties'], [['a', 'b']])
    await mq.disconnect()
  })

  it('carries webapps: presence, peers and rooms', async () => {
    const options = { org: 'acme', willDelay: 0 }
    const ann = await Webapp.join(broker.url, { ...options, user: 'ann' })
    const bob = await Webapp.join(broker.url, { ...options, user: 'bob' })
    await ann.presence.until((present) => present.has(bob.uid))
    await bob.presence.until((present) => present.has(ann.uid))
    bob.expose({ sum: (/** @type {number[]} */ numbers) => numbers.reduce((a, b) => a + b, 0) })
    assert.equal(await ann.peer(bob.uid).request('sum', [1, 2, 3]), 6)
    await bob.leave()
    await ann.presence.until((present) => !present.has(bob.uid))
    await ann.leave()
  })
})

describe('virtual time', () => {
  it('passes as the test says: keep alive, reconnection, expiry and will delay', async () => {
    const clock = FakeTimers.install({ toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval', 'Date', 'performance'] })
    try {
      const states = /** @type {string[]} */ ([])
      const mq = await connect(broker.url, {
        keepAlive: 30,
        clientId: 'ann',
        sessionExpiryInterval: 3600,
        will: { topic: 'gone', payload: 'ann', properties: { willDelayInterval: 60 } },
        prepare: (/** @type {any} */ each) => each.on('state', ({ /** @type {string} */ state }) => states.push(state)),
      })
      let pings = 0
      broker.intercept(({ packet }) => {
        if (packet.type === 'pingreq') pings += 1
        return undefined
      })
      await clock.tickAsync(600_000)
      assert.ok(pings >= 15 && pings <= 25, `${pings} pings`)
      broker.goOffline()
      await clock.tickAsync(59_000)
      assert.equal(broker.messages.length, 0)
      await clock.tickAsync(2_000)
      assert.equal(broker.messages.at(0)?.topic, 'gone')
      broker.publish('late', 'x', { qos: 1, retain: true, properties: { messageExpiryInterval: 100 } })
      broker.goOnline()
      await clock.tickAsync(60_000)
      assert.equal(mq.state, 'connected')
      await clock.tickAsync(60_000)
      const late = /** @type {string[]} */ ([])
      await mq.subscribe('late', { qos: 1 }, ({ topic }) => late.push(topic)).ready
      await clock.tickAsync(1000)
      assert.deepEqual(late, [])
      const leaving = mq.disconnect()
      await clock.tickAsync(1000)
      await leaving
    } finally {
      clock.uninstall()
    }
  })
})

describe('a test', () => {
  it('has its own WebSocket back, and others are reached meanwhile', async () => {
    const installed = globalThis.WebSocket
    broker.close()
    assert.notEqual(globalThis.WebSocket, installed)
    broker.install()
    assert.throws(() => new globalThis.WebSocket('no address'))
  })

  it('waits for messages in order, and can give up', async () => {
    broker.publish('own', 'is none of a client')
    const mq = await connect(broker.url)
    const next = broker.next('a/+')
    mq.post('b/1', 'other')
    mq.post('a/1', 'one')
    mq.post('a/2', 'two')
    assert.equal((await next).text(), 'one')
    assert.equal((await broker.next('a/+')).topic, 'a/2')
    await assert.rejects(broker.next('a/+', { signal: AbortSignal.timeout(10) }), { name: 'TimeoutError' })
    await mq.disconnect()
  })

  it('hears of bytes that are no MQTT by a connection that ends', async () => {
    const socket = broker.connect('mqtt')
    await new Promise((resolve) => (socket.onopen = resolve))
    const closed = new Promise((resolve) => (socket.onclose = resolve))
    socket.send(new Uint8Array([0x10, 0xff, 0xff, 0xff, 0xff, 0xff]))
    await closed
  })
})
