// Section 5: the cycle of reconnections, and publishing meanwhile.
import { puback, pubcomp, pubrec, suback } from '../support/packets.mjs'
import { scenariosOf } from '../support/registry.mjs'

const scenario = scenariosOf('reconnect')

scenario('a lost connection is taken up again at once', async (w) => {
  const client = await w.connected({ reconnect: true, invocationContext: { n: 1 } })
  await w.closes()
  await w.wait(2)
  await w.call('isConnected', () => client.isConnected())
  await w.accept()
  await w.call('isConnected', () => client.isConnected())
})

scenario('nobody answers while it reconnects', async (w) => {
  const client = await w.connected({ reconnect: true })
  await w.closes()
  await w.wait(700)
  await w.call('isConnected', () => client.isConnected())
  await w.accept()
  await w.call('isConnected', () => client.isConnected())
})

scenario('the socket closes while it reconnects', async (w) => {
  const client = await w.connected({ reconnect: true, timeout: 10 })
  await w.closes()
  await w.wait(1)
  await w.closes()
  await w.wait(100)
  await w.call('isConnected', () => client.isConnected())
})

scenario('the broker refuses while it reconnects', async (w) => {
  const client = await w.connected({ reconnect: true })
  await w.closes()
  for (let round = 0; round < 4; round++) {
    await w.wait(2 ** round)
    await w.accept(3)
  }
  await w.wait(16)
  await w.accept()
  await w.call('isConnected', () => client.isConnected())
})

scenario('the connection is lost twice', async (w) => {
  const client = await w.connected({ reconnect: true })
  for (let round = 0; round < 2; round++) {
    await w.closes()
    await w.wait(3)
    await w.accept()
  }
  await w.call('isConnected', () => client.isConnected())
})

scenario('reconnecting with several addresses', async (w) => {
  const client = await w.connected({ reconnect: true, timeout: 5, uris: ['ws://a:1/', 'ws://b:1/'], mqttVersion: 4 })
  await w.closes()
  await w.wait(30)
  await w.call('isConnected', () => client.isConnected())
})

scenario('reconnecting at the second address', async (w) => {
  const client = await w.client()
  await w.connect(client, { reconnect: true, timeout: 5, hosts: ['a', 'b'], ports: [1, 2], mqttVersion: 4 })
  await w.closes()
  await w.accept()
  await w.closes()
  await w.wait(2)
  await w.call('uri', () => client.uri)
})

scenario('reconnecting in MQTT 3.1', async (w) => {
  const client = await w.client()
  await w.connect(client, { reconnect: true })
  await w.accept(1)
  await w.accept()
  await w.closes()
  await w.wait(2)
  await w.accept()
  await w.call('isConnected', () => client.isConnected())
})

scenario('without reconnect nothing happens', async (w) => {
  await w.connected({ reconnect: false })
  await w.closes()
  await w.wait(300)
  w.event(`${w.sockets.length} sockets`)
})

scenario('connect() while it reconnects', async (w) => {
  const client = await w.connected({ reconnect: true, timeout: 5 })
  await w.closes()
  await w.wait(6)
  await w.connect(client, { mqttVersion: 4, onSuccess: w.handler('onSuccess of the second') })
  await w.accept()
  await w.wait(60)
  w.event(`connected: ${client.isConnected()}`)
})

scenario('the ping that times out begins the cycle', async (w) => {
  const client = await w.connected({ reconnect: true, keepAliveInterval: 5 })
  await w.wait(10)
  await w.wait(2)
  await w.accept()
  await w.call('isConnected', () => client.isConnected())
})

scenario('subscriptions are not made again', async (w) => {
  const client = await w.connected({ reconnect: true })
  await w.call('subscribe', () => client.subscribe('a'))
  await w.receive(suback(w.id('SUBSCRIBE'), 0))
  await w.closes()
  await w.wait(2)
  await w.accept()
  w.event(`${w.count('SUBSCRIBE')} SUBSCRIBE`)
})

for (const cleanSession of [true, false]) {
  scenario(`an unanswered SUBSCRIBE, cleanSession ${cleanSession}`, async (w) => {
    const client = await w.connected({ reconnect: true, cleanSession })
    await w.call('subscribe', () => client.subscribe('a', { onSuccess: w.handler('subscribed'), onFailure: w.handler('refused') }))
    await w.closes()
    await w.wait(2)
    await w.accept(0, !cleanSession)
    w.event(`${w.count('SUBSCRIBE')} SUBSCRIBE`)
  })

  for (const qos of [1, 2])
    scenario(`a message at QoS ${qos} in flight, cleanSession ${cleanSession}`, async (w) => {
      const client = await w.connected({ reconnect: true, cleanSession })
      await w.call('send', () => client.send('a', 'x', qos))
      await w.closes()
      await w.wait(2)
      await w.accept(0, !cleanSession)
      if (w.count('PUBLISH') === 2) {
        if (qos === 1) await w.receive(puback(w.id('PUBLISH')))
        else await w.receive(pubrec(w.id('PUBLISH')), pubcomp(w.id('PUBLISH')))
      }
      await w.call('isConnected', () => client.isConnected())
    })

  scenario(`a released message in flight, cleanSession ${cleanSession}`, async (w) => {
    const client = await w.connected({ reconnect: true, cleanSession })
    await w.call('send', () => client.send('a', 'x', 2))
    await w.receive(pubrec(w.id('PUBLISH')))
    await w.closes()
    await w.wait(2)
    await w.accept(0, !cleanSession)
    if (w.count('PUBREL') === 2) await w.receive(pubcomp(w.id('PUBLISH')))
  })

  scenario(`publishing while disconnected, cleanSession ${cleanSession}`, async (w) => {
    const client = await w.connected({ reconnect: true, cleanSession })
    client.disconnectedPublishing = true
    await w.closes()
    await w.call('send', () => client.send('a', '0', 0))
    await w.call('send', () => client.send('a', '1', 1))
    await w.call('send', () => client.send('a', '2', 2))
    await w.call('send', () => client.send('a', '3', 0))
    await w.wait(2)
    await w.accept(0, !cleanSession)
    await w.call('send', () => client.send('a', 'after', 0))
  })
}

scenario('publishing while disconnected is refused unless it is wanted', async (w) => {
  const client = await w.connected({ reconnect: true })
  await w.closes()
  await w.call('send', () => client.send('a', 'x'))
  await w.call('send', () => client.send('a', 'x', 1))
})

scenario('publishing while disconnected is refused without reconnect', async (w) => {
  const client = await w.connected({})
  client.disconnectedPublishing = true
  await w.closes()
  await w.call('send', () => client.send('a', 'x'))
})

for (const qos of [0, 1])
  scenario(`the buffer of QoS ${qos} is full`, async (w) => {
    const client = await w.connected({ reconnect: true, cleanSession: false })
    client.disconnectedPublishing = true
    client.disconnectedBufferSize = 2
    await w.closes()
    for (let index = 0; index < 5; index++) await w.call('send', () => client.send('a', String(index), qos))
    await w.wait(2)
    await w.accept(0, true)
  })

scenario('publishing in the callbacks of a reconnection', async (w) => {
  const client = await w.client()
  client.onConnected = w.handler('onConnected', () => client.send('a', 'connected'))
  client.onConnectionLost = w.handler('onConnectionLost', () => client.send('a', 'lost'))
  client.disconnectedPublishing = true
  await w.connect(client, { reconnect: true, cleanSession: false })
  await w.accept()
  await w.closes()
  await w.wait(2)
  await w.accept(0, true)
})

scenario('subscribe() while it reconnects', async (w) => {
  const client = await w.connected({ reconnect: true })
  await w.closes()
  await w.call('subscribe', () => client.subscribe('a'))
  await w.call('unsubscribe', () => client.unsubscribe('a'))
})
