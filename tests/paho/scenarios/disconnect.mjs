// Section 6: disconnect() in every state.
import { puback, publish, pubrel } from '../support/packets.mjs'
import { scenariosOf } from '../support/registry.mjs'

const scenario = scenariosOf('disconnect')

scenario('disconnect() while connected', async (w) => {
  const client = await w.connected()
  await w.call('disconnect', () => client.disconnect())
  await w.call('isConnected', () => client.isConnected())
  await w.call('disconnect again', () => client.disconnect())
})

scenario('disconnect() with reconnect', async (w) => {
  const client = await w.connected({ reconnect: true })
  await w.call('disconnect', () => client.disconnect())
  await w.wait(300)
  w.event(`${w.sockets.length} sockets`)
})

scenario('disconnect() before the socket opens', async (w) => {
  const client = await w.client()
  await w.connect(client)
  await w.call('disconnect', () => client.disconnect())
  await w.accept()
  await w.call('isConnected', () => client.isConnected())
  await w.wait(60)
})

scenario('disconnect() after the socket opened', async (w) => {
  const client = await w.client()
  await w.connect(client)
  await w.opens()
  await w.call('disconnect', () => client.disconnect())
  await w.wait(60)
  await w.call('isConnected', () => client.isConnected())
})

scenario('disconnect() in onSuccess', async (w) => {
  const client = await w.client()
  await w.connect(client, { onSuccess: w.handler('onSuccess', () => client.disconnect()) })
  await w.accept()
  await w.call('isConnected', () => client.isConnected())
})

scenario('disconnect() in onMessageArrived', async (w) => {
  const client = await w.connected()
  client.onMessageArrived = w.handler('onMessageArrived', () => client.disconnect())
  await w.receive(Buffer.concat([publish('a', '1'), publish('a', '2')]))
  await w.call('isConnected', () => client.isConnected())
})

scenario('disconnect() in onConnectionLost', async (w) => {
  const client = await w.connected({ reconnect: true })
  client.onConnectionLost = w.handler('onConnectionLost', () => client.disconnect())
  await w.closes()
  await w.wait(300)
  await w.call('isConnected', () => client.isConnected())
})

scenario('disconnect() during the first attempt to reconnect', async (w) => {
  const client = await w.connected({ reconnect: true })
  await w.closes()
  await w.call('disconnect', () => client.disconnect())
})

scenario('disconnect() between two attempts to reconnect', async (w) => {
  const client = await w.connected({ reconnect: true })
  await w.closes()
  await w.wait(31)
  await w.call('disconnect', () => client.disconnect())
  const before = w.sockets.length
  await w.wait(600)
  w.event(`${w.sockets.length - before} more sockets`)
})

scenario('disconnect() right after send()', async (w) => {
  const client = await w.connected()
  await w.call('send and disconnect', () => {
    client.send('a', 'x')
    client.send('a', 'y', 1)
    client.disconnect()
  })
})

scenario('disconnect() with a message in flight, and back again', async (w) => {
  const client = await w.connected({ cleanSession: false })
  await w.call('send', () => client.send('a', 'x', 1))
  await w.call('disconnect', () => client.disconnect())
  await w.connect(client, { cleanSession: false })
  await w.accept(0, true)
})

for (const cleanSession of [true, false]) {
  scenario(`disconnect() with a message in flight, and back again later, cleanSession ${cleanSession}`, async (w) => {
    const client = await w.connected({ cleanSession })
    await w.call('send', () => client.send('a', 'x', 1))
    await w.call('disconnect', () => client.disconnect())
    await w.wait(5)
    await w.connect(client, { cleanSession })
    await w.accept(0, !cleanSession)
    await w.stored()
    if (w.count('PUBLISH') > 1) await w.receive(puback(w.id('PUBLISH')))
    await w.stored()
  })

  scenario(`disconnect() with a received message that is not released, and back again later, cleanSession ${cleanSession}`, async (w) => {
    const client = await w.connected({ cleanSession })
    await w.receive(publish('a', 'x', { qos: 2, id: 9 }))
    await w.call('disconnect', () => client.disconnect())
    await w.wait(5)
    await w.connect(client, { cleanSession })
    await w.accept(0, !cleanSession)
    await w.receive(publish('a', 'x', { qos: 2, id: 9, dup: true }))
    await w.receive(pubrel(9))
    await w.stored()
  })
}

scenario('disconnect() without onConnectionLost', async (w) => {
  const client = await w.call('new', () => new w.Client('h', 80, '/p', 'id'))
  await w.connect(client)
  await w.accept()
  await w.call('disconnect', () => client.disconnect())
  await w.call('isConnected', () => client.isConnected())
})
