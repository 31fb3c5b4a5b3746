import assert from 'node:assert/strict'
import { test } from 'node:test'
import { connectTo } from './support/connected.mjs'
import { startFakeBroker } from './support/fake-broker.mjs'
import { called, loadModule, nextTask, until } from './support/module.mjs'
import { publish } from './support/packets.mjs'

test('memory is flat over connections that come and go', async (t) => {
  const module = await loadModule()
  const broker = await startFakeBroker()
  broker.serves = true
  t.after(() => broker.close())
  const cycle = async (/** @type {number} */ i) => {
    const client = new module.Client(broker.url, `id ${i}`)
    const stands = called(client, 'onConnected')
    client.connect({ userName: 'x'.repeat(100), willMessage: { topic: 'w', payload: 'x'.repeat(100) } })
    if (i % 3 !== 0) {
      await stands
      client.subscribe('a/#')
      client.publish('a', 'x'.repeat(1000), { qos: 1 })
      if (i % 3 === 1) client.disconnect()
    }
    client.delete()
  }
  for (let i = 0; i < 50; i++) await cycle(i)
  const { used } = module.memory()
  for (let i = 0; i < 1000; i++) await cycle(i)
  assert.equal(module.memory().used, used)
})

test('memory is flat over clients that are only made, and over calls that throw', async () => {
  const module = await loadModule()
  const cycle = () => {
    for (const uri of ['ws://a/b', 'http://a', 'nonsense', 'ws://a/#']) {
      try {
        const client = new module.Client(uri, 'id')
        assert.throws(() => client.publish('a', 'x'))
        assert.throws(() => client.connect({ willMessage: { topic: '#', payload: '' } }))
        client.delete()
      } catch (thrown) {
        assert.ok(thrown instanceof module.MqttError)
      }
    }
    module.describeReason(0x87)
  }
  for (let i = 0; i < 10; i++) cycle()
  const { used } = module.memory()
  for (let i = 0; i < 1000; i++) cycle()
  assert.equal(module.memory().used, used)
})

test('memory is flat over 200,000 messages each way', async (t) => {
  const module = await loadModule()
  const broker = await startFakeBroker()
  const client = new module.Client(broker.url, 'id')
  t.after(() => (client.delete(), broker.close()))
  const [peer] = await connectTo(broker, client)
  peer.serve()
  let arrived = 0
  client.onMessageArrived = (message) => {
    arrived++
    client.publish(message.topic, message.payloadBytes, { qos: message.qos })
  }
  const batch = Array.from({ length: 100 }, (_, i) => publish(`t/${i}`, 'x'.repeat(i * 3), { qos: i % 2, id: i + 1 }))
  const turn = async (/** @type {number} */ turns) => {
    const expected = arrived + turns * batch.length
    for (let i = 0; i < turns; i++) {
      peer.send(...batch)
      if (i % 20 === 19) await until(() => arrived === expected - (turns - 1 - i) * batch.length)
    }
    await until(() => arrived === expected && client.unfinishedMessages === 0)
  }
  await turn(200)
  const before = module.memory().used
  await turn(2000)
  // Buffers follow the largest batch that came so far, which the machine decides; a leak of the smallest block for each
  // message would be sixteen times as much.
  const growth = module.memory().used - before
  assert.ok(growth < arrived, `${growth} bytes more are in use after ${arrived} messages`)
})

test('a thousand clients at once', async (t) => {
  const module = await loadModule()
  const broker = await startFakeBroker()
  broker.serves = true
  const count = 1000
  const clients = Array.from({ length: count }, (_, i) => new module.Client(broker.url, `id ${i}`))
  t.after(() => broker.close())
  let stand = 0
  let published = 0
  for (const client of clients) {
    client.onConnected = () => stand++
    client.onPublished = () => published++
    client.connect()
  }
  await until(() => stand === count)
  for (const client of clients) for (let i = 0; i < 3; i++) client.publish(`from/${client.clientId}`, 'x', { qos: 2 })
  await until(() => published === 3 * count)
  for (const client of clients) client.delete()
})

test('nothing of a deleted client is called any more', async (t) => {
  const module = await loadModule()
  const broker = await startFakeBroker()
  t.after(() => broker.close())
  const client = new module.Client(broker.url, 'id')
  const [peer] = await connectTo(broker, client, { keepAliveInterval: 1, reconnect: true })
  for (const name of ['onMessageArrived', 'onConnectionLost', 'onConnecting', 'onConnected', 'onPublished', 'onPublishFailed', 'onError'])
    /** @type {any} */ (client)[name] = () => assert.fail(name)
  client.publish('a', 'x', { qos: 1 })
  client.subscribe('a', { onFailure: () => assert.fail('onFailure') })
  peer.send(publish('a', 'x'))
  client.delete()
  await peer.closed
  for (let i = 0; i < 10; i++) await nextTask()
})

test('two modules do not know of one another', async (t) => {
  const [one, two] = await Promise.all([loadModule(), loadModule()])
  const broker = await startFakeBroker()
  broker.serves = true
  const clients = [new one.Client(broker.url, '1'), new two.Client(broker.url, '2')]
  t.after(() => {
    for (const client of clients) client.delete()
    return broker.close()
  })
  for (const client of clients) {
    const stands = called(client, 'onConnected')
    client.connect()
    await stands
  }
  assert.equal(clients[0] instanceof two.Client, false)
})
