// Section 7: the forms of send() and publish(), and the flows of QoS 0, 1 and 2 outwards.
import { puback, pubcomp, pubrec } from '../support/packets.mjs'
import { scenariosOf } from '../support/registry.mjs'

const scenario = scenariosOf('send')

/** @type {[string, (w: any) => unknown[]][]} */
const forms = [
  ['topic and text', () => ['a', 'x']],
  ['topic, text and qos 1', () => ['a', 'x', 1]],
  ['topic, text, qos 2 and retained', () => ['a', 'x', 2, true]],
  ['topic, text, qos 0, not retained', () => ['a', 'x', 0, false]],
  ['topic and empty text', () => ['a', '']],
  ['text beyond ASCII', () => ['ä/😀', 'Grüße 😀 €']],
  ['long text', () => ['a', 'x'.repeat(20_000)]],
  ['bytes', () => ['a', Uint8Array.of(0, 1, 255)]],
  ['an ArrayBuffer', () => ['a', Uint8Array.of(1, 2, 3).buffer]],
  ['a part of a buffer', () => ['a', new Uint8Array(Uint8Array.of(1, 2, 3, 4).buffer, 1, 2)]],
  ['16-bit numbers', () => ['a', Uint16Array.of(258, 3)]],
  ['a Message', (w) => [Object.assign(new w.Message('x'), { destinationName: 'a' })]],
  ['a Message at qos 1, retained', (w) => [Object.assign(new w.Message('x'), { destinationName: 'a', qos: 1, retained: true })]],
  ['a Message named by topic', (w) => [Object.assign(new w.Message('x'), { topic: 'a' })]],
  ['a Message that is a duplicate', (w) => [Object.assign(new w.Message('x'), { destinationName: 'a', qos: 1, duplicate: true })]],
  ['an empty topic', () => ['', 'x']],
  ['a topic with a wildcard', () => ['a/#', 'x']],
  ['a topic with NUL', () => ['a\u0000b', 'x']],
  ['a lone surrogate as payload', () => ['a', 'x\ud800y']],
  ['a lone surrogate in the topic', () => ['a\udc00', 'x']],
  ['qos undefined', () => ['a', 'x', undefined]],
  ['retained undefined', () => ['a', 'x', 0, undefined]],
]

for (const [what, given] of forms)
  for (const method of ['send', 'publish'])
    scenario(`${method}() with ${what}`, async (w) => {
      const client = await w.connected()
      await w.call(method, () => client[method](...given(w)))
      await w.call('isConnected', () => client.isConnected())
    })

/** @type {[string, (w: any) => unknown[]][]} */
const refused = [
  ['nothing', () => []],
  ['a number', () => [7]],
  ['null', () => [null]],
  ['undefined', () => [undefined]],
  ['a topic alone', () => ['a']],
  ['an object', () => [{}]],
  ['a Message without a topic', (w) => [new w.Message('x')]],
  ['a number as payload', () => ['a', 7]],
  ['null as payload', () => ['a', null]],
  ['an object as payload', () => ['a', {}]],
  ['qos 3', () => ['a', 'x', 3]],
  ['qos as text', () => ['a', 'x', '1']],
  ['retained as a number', () => ['a', 'x', 0, 1]],
  ['a number as topic', () => [7, 'x']],
]

for (const [what, given] of refused)
  scenario(`send() refuses ${what}`, async (w) => {
    const client = await w.connected()
    await w.call('send', () => client.send(...given(w)))
    await w.call('isConnected', () => client.isConnected())
    await w.call('send', () => client.send('after', 'x'))
  })

scenario('send() before connect(): mistakes come first', async (w) => {
  const client = await w.client()
  await w.call('send', () => client.send())
  await w.call('send', () => client.send('a', 7))
  await w.call('send', () => client.send('a', 'x'))
})

scenario('send() while connecting', async (w) => {
  const client = await w.client()
  await w.connect(client)
  await w.call('send', () => client.send('a', 'x'))
  await w.opens()
  await w.call('send', () => client.send('a', 'x', 1))
})

scenario('a message at QoS 0 is delivered at once', async (w) => {
  const client = await w.connected()
  await w.call('send', () => {
    client.send('a', 'x')
    w.event('after send')
  })
})

scenario('a message at QoS 1 is delivered at PUBACK', async (w) => {
  const client = await w.connected()
  await w.call('send', () => client.send('a', 'x', 1))
  await w.wait(1)
  await w.receive(puback(w.id('PUBLISH')))
  await w.receive(puback(w.id('PUBLISH')))
})

scenario('a message at QoS 2 is delivered at PUBCOMP', async (w) => {
  const client = await w.connected()
  await w.call('send', () => client.send('a', 'x', 2))
  await w.receive(pubrec(w.id('PUBLISH')))
  await w.receive(pubcomp(w.id('PUBLISH')))
})

scenario('PUBREC twice', async (w) => {
  const client = await w.connected()
  await w.call('send', () => client.send('a', 'x', 2))
  await w.receive(pubrec(w.id('PUBLISH')), pubrec(w.id('PUBLISH')), pubcomp(w.id('PUBLISH')))
})

scenario('messages are answered in another order', async (w) => {
  const client = await w.connected()
  await w.call('send', () => client.send('a', '1', 1))
  await w.call('send', () => client.send('a', '2', 1))
  await w.call('send', () => client.send('a', '3', 2))
  await w.receive(pubrec(w.id('PUBLISH')), puback(w.id('PUBLISH', -2)), puback(w.id('PUBLISH', -3)), pubcomp(w.id('PUBLISH')))
})

scenario('PUBACK and PUBREC in one frame', async (w) => {
  const client = await w.connected()
  await w.call('send', () => client.send('a', '1', 1))
  await w.call('send', () => client.send('a', '2', 2))
  const id = w.id('PUBLISH')
  await w.receive(Buffer.concat([puback(w.id('PUBLISH', -2)), pubrec(id), pubcomp(id)]))
})

scenario('many messages in one task', async (w) => {
  const client = await w.connected()
  await w.call('send', () => {
    for (let index = 0; index < 20; index++) client.send(`t/${index % 3}`, String(index), index % 3)
  })
})

scenario('the delivered message is the one that was sent', async (w) => {
  const client = await w.connected()
  const message = Object.assign(new w.Message('x'), { destinationName: 'a', qos: 1 })
  client.onMessageDelivered = w.handler('onMessageDelivered', (delivered) => w.event(`  the same: ${delivered === message}`))
  await w.call('send', () => client.send(message))
  await w.receive(puback(w.id('PUBLISH')))
})

for (const value of [true, 'x', 1])
  scenario(`onMessageDelivered returns ${JSON.stringify(value)}`, async (w) => {
    const client = await w.connected()
    client.onMessageDelivered = w.handler('onMessageDelivered', () => value)
    await w.call('send', () => client.send('a', 'x'))
    await w.call('isConnected', () => client.isConnected())
  })

for (const qos of [0, 1, 2])
  scenario(`onMessageDelivered throws at QoS ${qos}`, async (w) => {
    const client = await w.connected()
    client.onMessageDelivered = w.handler('onMessageDelivered', () => {
      throw new Error('mine')
    })
    await w.call('send', () => client.send('a', 'x', qos))
    if (qos === 1) await w.receive(puback(w.id('PUBLISH')))
    if (qos === 2) await w.receive(pubrec(w.id('PUBLISH')), pubcomp(w.id('PUBLISH')))
    await w.call('isConnected', () => client.isConnected())
    await w.call('send', () => client.send('b', 'y'))
  })

scenario('send() in onMessageDelivered', async (w) => {
  const client = await w.connected()
  let more = 2
  client.onMessageDelivered = w.handler('onMessageDelivered', () => {
    if (more-- > 0) client.send('a', `more ${more}`)
  })
  await w.call('send', () => client.send('a', 'x'))
})

scenario('send() in onSuccess and in onConnected', async (w) => {
  const client = await w.client()
  client.onConnected = w.handler('onConnected', () => client.send('a', 'connected', 1))
  await w.connect(client, { onSuccess: w.handler('onSuccess', () => client.send('a', 'success')) })
  await w.accept()
  await w.receive(puback(w.id('PUBLISH')))
})

scenario('a message is changed after it was sent', async (w) => {
  const client = await w.connected()
  const bytes = Uint8Array.of(1, 2, 3)
  await w.call('send', () => client.send('a', bytes))
  bytes[0] = 9
  await w.call('send', () => client.send('a', bytes))
})

scenario('packet identifiers are free again', async (w) => {
  const client = await w.connected()
  for (let index = 0; index < 5; index++) {
    await w.call('send', () => client.send('a', String(index), 1))
    await w.receive(puback(w.id('PUBLISH')))
  }
})
