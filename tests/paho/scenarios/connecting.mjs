// Sections 4 and 11: how an attempt ends, the fallback to MQTT 3.1, and lists of hosts.
import { connack, packet, pingresp, puback, publish, suback } from '../support/packets.mjs'
import { scenariosOf } from '../support/registry.mjs'

const scenario = scenariosOf('connecting')

scenario('a connection is made', async (w) => {
  const client = await w.connected()
  await w.call('isConnected', () => client.isConnected())
})

scenario('isConnected() in the callbacks', async (w) => {
  const client = await w.client()
  const tell = (/** @type {string} */ name) => w.handler(name, () => w.event(`  connected: ${client.isConnected()}`))
  client.onConnected = tell('onConnected')
  client.onConnectionLost = tell('onConnectionLost')
  await w.connect(client, { onSuccess: tell('onSuccess') })
  await w.accept()
  await w.closes()
})

scenario('a connection is made while the session is still there', async (w) => {
  const client = await w.client()
  await w.connect(client, { cleanSession: false })
  await w.accept(0, true)
  await w.call('isConnected', () => client.isConnected())
})

for (const code of [1, 2, 3, 4, 5, 6, 255]) {
  scenario(`the broker refuses with ${code}, version 4 only`, async (w) => {
    const client = await w.client()
    await w.connect(client, { mqttVersion: 4, invocationContext: { n: 1 } })
    await w.accept(code)
    await w.call('isConnected', () => client.isConnected())
    await w.wait(300)
    w.event(`${w.sockets.length} sockets`)
  })
}

for (const code of [1, 4])
  scenario(`the broker refuses with ${code} twice, in both versions`, async (w) => {
    const client = await w.client()
    await w.connect(client)
    await w.accept(code)
    await w.accept(code)
    await w.wait(300)
    w.event(`${w.sockets.length} sockets`)
    await w.call('isConnected', () => client.isConnected())
  })

for (const [what, end] of /** @type {[string, (w: any) => Promise<void>][]} */ ([
  ['the socket fails before it opens', (w) => w.fails()],
  ['the socket closes before it opens', (w) => w.closes()],
  ['the socket closes after it opened', (w) => w.opens().then(() => w.closes())],
  ['the socket fails after it opened', (w) => w.opens().then(() => w.fails())],
  ['nothing happens in time', (w) => w.wait(31)],
  ['the socket opens and nobody answers', (w) => w.opens().then(() => w.wait(31))],
])) {
  scenario(`${what}, version 4 only`, async (w) => {
    const client = await w.client()
    await w.connect(client, { mqttVersion: 4 })
    await end(w)
    await w.wait(300)
    w.event(`${w.sockets.length} sockets`)
    await w.call('isConnected', () => client.isConnected())
  })
  scenario(`${what}, in both versions`, async (w) => {
    const client = await w.client()
    await w.connect(client)
    await end(w)
    await end(w)
    await w.wait(300)
    w.event(`${w.sockets.length} sockets`)
  })
}

scenario('a fallback to MQTT 3.1 succeeds', async (w) => {
  const client = await w.client()
  await w.connect(client, { userName: 'u', password: 'p' })
  await w.accept(1)
  await w.accept()
  await w.call('isConnected', () => client.isConnected())
})

for (const timeout of [1, 5, 0])
  scenario(`a time limit of ${timeout} s`, async (w) => {
    const client = await w.client()
    await w.connect(client, { timeout, mqttVersion: 4 })
    await w.wait(60)
  })

scenario('hosts are tried in turn', async (w) => {
  const client = await w.client()
  await w.connect(client, { hosts: ['a', 'b', 'c'], ports: [1, 2, 3] })
  await w.fails()
  await w.closes()
  await w.accept()
  await w.call('uri', () => client.uri)
  await w.call('host', () => [client.host, client.port])
})

scenario('hosts are tried in turn, then all of them again as 3.1', async (w) => {
  const client = await w.client()
  await w.connect(client, { hosts: ['a', 'b'], ports: [1, 2] })
  for (let attempt = 0; attempt < 4; attempt++) await w.closes()
  await w.wait(60)
  w.event(`${w.sockets.length} sockets`)
})

scenario('hosts are tried in turn, one version', async (w) => {
  const client = await w.client()
  await w.connect(client, { uris: ['ws://a:1/', 'ws://b:1/'], mqttVersion: 3 })
  await w.accept(3)
  await w.wait(31)
  w.event(`${w.sockets.length} sockets`)
})

scenario('a refusal at the first of two hosts goes on to the second', async (w) => {
  const client = await w.client()
  await w.connect(client, { uris: ['ws://a:1/', 'ws://b:1/'], mqttVersion: 4 })
  await w.accept(5)
  await w.accept()
  await w.call('isConnected', () => client.isConnected())
})

scenario('reconnect does not try a failed first connection again', async (w) => {
  const client = await w.client()
  await w.connect(client, { reconnect: true, mqttVersion: 4 })
  await w.closes()
  await w.wait(300)
  w.event(`${w.sockets.length} sockets`)
})

scenario('CONNACK in two pieces', async (w) => {
  const client = await w.client()
  await w.connect(client)
  await w.opens()
  await w.receive(connack().subarray(0, 1), connack().subarray(1, 3), connack().subarray(3))
  await w.call('isConnected', () => client.isConnected())
})

scenario('CONNACK with a message behind it', async (w) => {
  const client = await w.client()
  await w.connect(client)
  await w.opens()
  await w.receive(Buffer.concat([connack(), publish('a', 'x'), publish('b', 'y')]))
  await w.call('isConnected', () => client.isConnected())
})

for (const [what, bytes] of /** @type {[string, Buffer][]} */ ([
  ['a server DISCONNECT', packet(0xe0)],
  ['a reserved packet type', packet(0xf0)],
  ['packet type 0', packet(0x00)],
  ['a CONNECT', packet(0x10, [0, 4])],
  ['a second CONNACK', connack()],
  ['PUBACK for nothing', puback(77)],
  ['SUBACK for nothing', suback(77, 0)],
  ['PUBREC for nothing', packet(0x50, [0, 77])],
  ['PUBCOMP for nothing', packet(0x70, [0, 77])],
  ['PUBREL for nothing', packet(0x62, [0, 77])],
  ['PINGRESP for nothing', pingresp()],
]))
  scenario(`the broker sends ${what}`, async (w) => {
    const client = await w.connected()
    await w.receive(bytes)
    await w.call('isConnected', () => client.isConnected())
    await w.receive(publish('after', 'x'))
  })

scenario('the broker sends text', async (w) => {
  const client = await w.connected()
  w.socket.receiveText('hello')
  await w.wait(1)
  await w.call('isConnected', () => client.isConnected())
})

for (const name of ['onSuccess', 'onConnected'])
  scenario(`${name} throws`, async (w) => {
    const client = await w.client()
    const bad = w.handler(name, () => {
      throw new Error('mine')
    })
    if (name === 'onConnected') client.onConnected = bad
    await w.connect(client, name === 'onSuccess' ? { onSuccess: bad } : {})
    await w.accept()
    await w.call('isConnected', () => client.isConnected())
  })

for (const [what, end] of /** @type {[string, (w: any) => Promise<void>][]} */ ([
  ['closed', (w) => w.closes()],
  ['closed in order', (w) => w.closes(1000)],
  ['broken', (w) => w.fails()],
])) {
  scenario(`an established connection is ${what}`, async (w) => {
    const client = await w.connected()
    await end(w)
    await w.call('isConnected', () => client.isConnected())
    await w.call('send', () => client.send('a', 'x'))
    await w.wait(60)
    w.event(`${w.sockets.length} sockets`)
  })
}

scenario('connect() in onConnectionLost', async (w) => {
  const client = await w.client()
  client.onConnectionLost = w.handler('onConnectionLost', () => client.connect(w.options({ onSuccess: w.handler('onSuccess again') })))
  await w.connect(client)
  await w.accept()
  await w.closes()
  await w.accept()
  await w.call('isConnected', () => client.isConnected())
})
