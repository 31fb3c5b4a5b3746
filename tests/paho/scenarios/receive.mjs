// Section 7: messages that arrive, in every quality, whole, cut and coalesced.
import { packet, puback, publish, pubrel } from '../support/packets.mjs'
import { scenariosOf } from '../support/registry.mjs'

const scenario = scenariosOf('receive')

for (const qos of [0, 1, 2])
  for (const [what, flags] of /** @type {[string, object][]} */ ([
    ['plain', {}],
    ['retained', { retain: true }],
    ['a duplicate', { dup: true }],
  ]))
    scenario(`a message arrives at QoS ${qos}, ${what}`, async (w) => {
      await w.connected()
      await w.receive(publish('a/b', 'text', { qos, id: 9, ...flags }))
      if (qos === 2) await w.receive(pubrel(9))
    })

scenario('QoS 2 arrives twice before PUBREL', async (w) => {
  await w.connected()
  await w.receive(publish('a', 'x', { qos: 2, id: 9 }), publish('a', 'x', { qos: 2, id: 9, dup: true }), pubrel(9))
})

scenario('PUBREL twice', async (w) => {
  await w.connected()
  await w.receive(publish('a', 'x', { qos: 2, id: 9 }), pubrel(9), pubrel(9))
})

scenario('an identifier of QoS 2 is used again', async (w) => {
  await w.connected()
  await w.receive(publish('a', 'x', { qos: 2, id: 9 }), pubrel(9), publish('a', 'y', { qos: 2, id: 9 }), pubrel(9))
})

scenario('several messages in one frame', async (w) => {
  await w.connected()
  await w.receive(Buffer.concat([publish('a', '1'), publish('b', '2', { qos: 1, id: 4 }), publish('c', '3', { qos: 2, id: 5 }), pubrel(5)]))
})

scenario('a message in many frames', async (w) => {
  await w.connected()
  const bytes = publish('a/b', 'x'.repeat(300), { qos: 1, id: 4 })
  for (let at = 0; at < bytes.length; at += 7) await w.receive(bytes.subarray(at, at + 7))
})

scenario('a message cut within its length', async (w) => {
  await w.connected()
  const bytes = publish('a/b', 'x'.repeat(300))
  await w.receive(bytes.subarray(0, 2), bytes.subarray(2))
})

scenario('a frame that ends within the next message', async (w) => {
  await w.connected()
  const bytes = Buffer.concat([publish('a', '1'), publish('b', '2'), publish('c', '3')])
  await w.receive(bytes.subarray(0, 8), bytes.subarray(8))
})

scenario('a message of no bytes', async (w) => {
  await w.connected()
  await w.receive(publish('a', ''))
})

scenario('a message of many bytes', async (w) => {
  await w.connected()
  await w.receive(publish('a', Buffer.alloc(200_000, 7)))
})

scenario('what is in an arrived message', async (w) => {
  const client = await w.connected()
  client.onMessageArrived = (/** @type {any} */ message) => {
    w.event(`a Message: ${message instanceof w.Message}`)
    w.event(`topic ${message.topic}, duplicate ${message.duplicate}`)
    w.event(`${Object.prototype.toString.call(message.payloadBytes)} ${Buffer.from(message.payloadBytes).toString('hex')}`)
    w.event(`the same bytes again: ${message.payloadBytes === message.payloadBytes}`)
    w.event(`text ${message.payloadString}`)
  }
  await w.receive(publish('ä/😀', 'Grüße'))
})

for (const [what, bytes] of /** @type {[string, number[]][]} */ ([
  ['ff', [0xff]],
  ['a cut sequence', [0x61, 0xe2, 0x82]],
  ['a wrong continuation', [0x61, 0xe2, 0x28, 0xa1]],
]))
  scenario(`an arrived payload is no UTF-8: ${what}`, async (w) => {
    const client = await w.connected()
    client.onMessageArrived = (/** @type {any} */ message) => {
      try {
        w.event(`text ${message.payloadString}`)
      } catch (thrown) {
        w.event(`threw ${/** @type {Error} */ (thrown).message}`)
      }
    }
    await w.receive(publish('a', Uint8Array.from(bytes)))
    await w.call('isConnected', () => client.isConnected())
  })

scenario('a topic that is no UTF-8', async (w) => {
  const client = await w.connected()
  await w.receive(packet(0x30, [0, 2, 0xff, 0x61], [0x78]))
  await w.call('isConnected', () => client.isConnected())
})

scenario('a message arrives and nobody listens', async (w) => {
  const client = await w.call('new', () => new w.Client('h', 80, '/p', 'id'))
  await w.connect(client)
  await w.accept()
  await w.receive(publish('a', 'x', { qos: 1, id: 3 }), publish('a', 'x', { qos: 2, id: 4 }), pubrel(4))
  await w.call('isConnected', () => client.isConnected())
})

for (const qos of [0, 1, 2])
  scenario(`onMessageArrived throws at QoS ${qos}`, async (w) => {
    const client = await w.connected()
    client.onMessageArrived = w.handler('onMessageArrived', () => {
      throw new Error('mine')
    })
    await w.receive(publish('a', 'x', { qos, id: 3 }))
    if (qos === 2) await w.receive(pubrel(3))
    await w.call('isConnected', () => client.isConnected())
    await w.receive(publish('a', 'y', { qos: 0 }))
  })

scenario('onMessageArrived throws, with reconnect', async (w) => {
  const client = await w.connected({ reconnect: true, cleanSession: false, timeout: 5, mqttVersion: 4 })
  await w.call('send', () => client.send('b', 'mine', 1))
  client.onMessageArrived = w.handler('onMessageArrived', () => {
    throw new Error('mine')
  })
  // Paho knows of no such handler.
  client.onError = () => {}
  await w.receive(publish('a', 'x'))
  await w.wait(2)
  if (!client.isConnected()) await w.accept(0, true)
  await w.receive(puback(w.id('PUBLISH')))
  await w.call('isConnected', () => client.isConnected())
})

scenario('an arrived message is sent on', async (w) => {
  const client = await w.connected()
  client.onMessageArrived = w.handler('onMessageArrived', (message) => {
    const copy = new w.Message(message.payloadBytes)
    copy.destinationName = 'copy'
    client.send(copy)
  })
  await w.receive(publish('a', 'x'))
})

scenario('an arrived Message itself is sent on', async (w) => {
  const client = await w.connected()
  client.onMessageArrived = w.handler('onMessageArrived', (message) => {
    message.destinationName = 'copy'
    client.send(message)
  })
  await w.receive(publish('a', 'x', { retain: true }))
})
