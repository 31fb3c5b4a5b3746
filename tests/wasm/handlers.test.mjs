import assert from 'node:assert/strict'
import { test } from 'node:test'
import { connected, connectTo, scripted, shared } from './support/connected.mjs'
import { called, nextTask, thrownBy, until } from './support/module.mjs'
import { acknowledgement, connack, packet, publish, readPublish, subscribeAnswer } from './support/packets.mjs'

/**
 * Each handler and callback, and what makes the module call it.
 * @type {Record<string, (client: any, peer: import('./support/fake-broker.mjs').Peer, handler: (...given: any[]) => void) => unknown>}
 */
const occasions = {
  onMessageArrived(client, peer, handler) {
    client.onMessageArrived = handler
    peer.send(publish('a', '1'), publish('b', '2'.repeat(9000)), publish('a', '3', { qos: 1 }))
  },
  async onPublished(client, peer, handler) {
    client.onPublished = handler
    client.publish('a', 'x', { qos: 1 })
    peer.send(acknowledgement('puback', readPublish(await peer.take('publish')).id))
  },
  onPublishFailed(client, _peer, handler) {
    client.onPublishFailed = handler
    client.cancel(client.publish('a', 'x', { qos: 1 }))
  },
  async 'onSuccess of subscribe'(client, peer, handler) {
    client.subscribe('a', { onSuccess: handler })
    const { body } = await peer.take('subscribe')
    peer.send(subscribeAnswer('suback', body.readUInt16BE(0), [0]))
  },
  async 'onFailure of subscribe'(client, peer, handler) {
    client.subscribe('a', { onFailure: handler })
    const { body } = await peer.take('subscribe')
    peer.send(subscribeAnswer('suback', body.readUInt16BE(0), [0x80]))
  },
  'onFailure of cancelled'(client, _peer, handler) {
    client.cancel(client.unsubscribe('a', { onFailure: handler }))
  },
  onConnectionLost(client, peer, handler) {
    client.onConnectionLost = handler
    peer.terminate()
  },
  onConnecting(client, peer, handler) {
    client.onConnecting = handler
    peer.terminate()
  },
  'onConnectionLost by disconnect()'(client, _peer, handler) {
    client.onConnectionLost = handler
    client.disconnect()
  },
}

/** @param {any} client */
function clearHandlers(client) {
  for (const name of ['onMessageArrived', 'onConnectionLost', 'onConnecting', 'onPublished', 'onPublishFailed']) client[name] = null
}

for (const [name, cause] of Object.entries(occasions)) {
  test(`${name}: what it throws goes to onError and stops nothing`, async (t) => {
    const { broker, client, peer } = await connected(t, { reconnect: true, reconnectMinimum: 0, reconnectMaximum: 0 })
    const thrown = new Error('from a handler')
    /** @type {unknown[]} */
    const reported = []
    client.onError = (error) => reported.push(error)
    await cause(client, peer, () => {
      throw thrown
    })
    await until(() => reported.length > 0)
    assert.ok(reported.every((error) => error === thrown))
    clearHandlers(client)
    const messages = called(client, 'onMessageArrived')
    if (name === 'onConnectionLost by disconnect()') {
      const [again] = await connectTo(broker, client)
      again.send(publish('after', 'x'))
    } else if (name === 'onConnectionLost' || name === 'onConnecting') {
      const again = await broker.accept({ session: true })
      again.send(publish('after', 'x'))
    } else {
      peer.send(publish('after', 'x'))
    }
    assert.equal((await messages)[0].topic, 'after')
  })

  test(`${name}: delete() in it`, async (t) => {
    const { client, peer } = await connected(t, { reconnect: true, reconnectMinimum: 0, reconnectMaximum: 0 })
    let calls = 0
    await cause(client, peer, () => {
      calls++
      client.delete()
      assert.equal(client.isDeleted(), true)
      assert.equal(client.isConnected(), false)
      assert.equal(thrownBy(() => client.publish('a', 'x')).code, 'not_started')
      assert.equal(thrownBy(() => client.connect()).code, 'not_started')
    })
    await until(() => calls > 0)
    await peer.closed
    await nextTask()
    assert.equal(calls, 1)
  })

  test(`${name}: disconnect() in it`, async (t) => {
    const { broker, client, peer } = await connected(t, { reconnect: true, reconnectMinimum: 0, reconnectMaximum: 0 })
    let calls = 0
    await cause(client, peer, () => {
      calls++
      client.disconnect()
      assert.equal(client.isConnected(), false)
    })
    await until(() => calls > 0)
    await peer.closed
    await nextTask()
    assert.equal(client.isConnected(), false)
    clearHandlers(client)
    const [again] = await connectTo(broker, client)
    again.terminate()
  })
}

test('delete() in onSuccess, onConnected, onFailure, onConnecting and credentials', async (t) => {
  for (const name of ['onSuccess', 'onConnected', 'onFailure', 'onConnecting', 'credentials', 'authenticate', 'onError']) {
    const { broker, client } = await scripted(t)
    let calls = 0
    const handler = () => {
      calls++
      client.delete()
    }
    const options = name === 'authenticate' ? { authenticationMethod: 'M' } : {}
    if (name === 'onSuccess' || name === 'onFailure' || name === 'credentials' || name === 'authenticate')
      /** @type {any} */ (options)[name] = handler
    else /** @type {any} */ (client)[name] = handler
    if (name === 'onError') client.onConnected = () => assert.fail('reported')
    client.connect(/** @type {any} */ (options))
    if (name !== 'onConnecting' && name !== 'credentials') {
      const peer = await broker.peer()
      await peer.take('connect')
      if (name === 'authenticate') peer.send(packet('auth', 0, [0x18, 4, 0x15, 0, 1, 0x4d]))
      else peer.send(connack({ reason: name === 'onFailure' ? 0x87 : 0 }))
      await peer.closed
    }
    await until(() => calls > 0)
    await nextTask()
    assert.equal(calls, 1, name)
  }
})

test('without onError a throw is uncaught, in a task of its own', async (t) => {
  const { client, peer } = await connected(t)
  const { setTimeout: original } = globalThis
  t.after(() => (globalThis.setTimeout = original))
  /** @type {(() => void)[]} */
  const later = []
  globalThis.setTimeout = /** @type {any} */ ((/** @type {() => void} */ task) => later.push(task))
  let arrived = 0
  client.onMessageArrived = () => {
    arrived++
    throw new Error(`number ${arrived}`)
  }
  peer.send(publish('a', '1'), publish('a', '2'))
  await until(() => arrived === 2)
  globalThis.setTimeout = original
  assert.deepEqual(
    later.map((task) => thrownBy(task).message),
    ['number 1', 'number 2'],
  )
})

test('an onError that throws is uncaught too', async (t) => {
  const { client, peer } = await connected(t)
  const { setTimeout: original } = globalThis
  t.after(() => (globalThis.setTimeout = original))
  /** @type {(() => void)[]} */
  const later = []
  globalThis.setTimeout = /** @type {any} */ ((/** @type {() => void} */ task) => later.push(task))
  client.onError = () => {
    throw new Error('from onError')
  }
  client.onMessageArrived = () => assert.fail('from the handler')
  peer.send(publish('a', '1'))
  await until(() => later.length > 0)
  assert.equal(thrownBy(later[0]).message, 'from onError')
})

test('messages that had arrived when a handler disconnects are still delivered, then comes the end', async (t) => {
  const { client, peer } = await connected(t)
  /** @type {string[]} */
  const told = []
  client.onMessageArrived = (message) => {
    told.push(message.payloadString)
    if (told.length === 1) {
      client.disconnect()
      assert.equal(thrownBy(() => client.publish('a', 'x')).code, 'not_started')
      assert.equal(thrownBy(() => client.send('a', 'x')).code, 'not_connected')
    }
  }
  client.onConnectionLost = (loss) => told.push(loss.error)
  peer.send(publish('a', '1'), publish('a', '2', { qos: 1, id: 7 }), publish('a', '3'))
  await peer.take('puback')
  await peer.take('disconnect')
  assert.deepEqual(told, ['1', '2', '3', 'none'])
})

test('disconnect() and delete() in one handler: the broker hears DISCONNECT', async (t) => {
  const { client, peer } = await connected(t)
  client.onMessageArrived = () => {
    client.disconnect()
    client.delete()
  }
  client.onConnectionLost = () => assert.fail('told after delete()')
  peer.send(publish('a', '1'), publish('a', '2'))
  await peer.take('disconnect')
  await peer.closed
})

test('disconnect() and connect() in one handler', async (t) => {
  const { broker, client, peer } = await connected(t)
  client.onMessageArrived = () => {
    client.onMessageArrived = null
    client.disconnect()
    client.connect({ reconnect: false })
  }
  peer.send(publish('a', '1'), publish('a', '2'))
  await peer.take('disconnect')
  const again = await broker.peer()
  await again.take('connect')
})

test('connect() in onConnectionLost and in onFailure', async (t) => {
  const { broker, client, peer } = await connected(t)
  const stands = called(client, 'onConnected')
  client.onConnectionLost = () => {
    client.onConnectionLost = null
    client.connect({ reconnect: false, onFailure: () => client.connect({ reconnect: false, userName: 'second' }) })
  }
  peer.terminate()
  await broker.accept({ reason: 0x87 })
  await broker.accept()
  await stands
})

test('connect() in a handler with options that the engine refuses ends in onFailure', async (t) => {
  const { client, peer } = await connected(t)
  const failed = new Promise((resolve) => {
    client.onConnectionLost = () => client.connect({ willMessage: { topic: '#', payload: '' }, onFailure: resolve })
  })
  peer.terminate()
  assert.equal(/** @type {any} */ (await failed).error, 'invalid_topic')
})

test('a handler may use another client', async (t) => {
  const { broker, client, peer } = await connected(t)
  const other = new shared.Client(broker.url, 'other')
  t.after(() => other.delete())
  const [otherPeer] = await connectTo(broker, other)
  let lost = 0
  other.onConnectionLost = () => lost++
  let arrived = 0
  client.onMessageArrived = (message) => {
    assert.equal(message.payloadString, String(arrived))
    if (arrived++ === 1) {
      other.publish('a', 'from a handler')
      other.disconnect()
      assert.equal(lost, 1)
    }
  }
  peer.send(...Array.from({ length: 10 }, (_, i) => publish(`t/${i}`, String(i))))
  await until(() => arrived === 10)
  assert.equal(readPublish(await otherPeer.take('publish')).payload.toString(), 'from a handler')
  await otherPeer.take('disconnect')
})

test('delete() sends what was published, and no DISCONNECT', async (t) => {
  const { client, peer } = await connected(t)
  client.publish('a', 'last')
  client.delete()
  client.delete()
  await peer.take('publish')
  await peer.closed
  assert.equal(peer.waiting, 0)
  assert.equal(client.isDeleted(), true)
})

test('handlers may be set, replaced and cleared at any time, and see the client as this', async (t) => {
  const { client, peer } = await connected(t)
  /** @type {string[]} */
  const told = []
  client.onMessageArrived = function (message) {
    assert.equal(this, client)
    told.push(`first ${message.payloadString}`)
    client.onMessageArrived = (next) => {
      told.push(`second ${next.payloadString}`)
      client.onMessageArrived = undefined
    }
  }
  peer.send(publish('a', '1'), publish('a', '2'), publish('a', '3'), publish('a', '4', { qos: 1 }))
  await peer.take('puback')
  assert.deepEqual(told, ['first 1', 'second 2'])
})
