// Section 6: subscribe() and unsubscribe().
import { suback, unsuback } from '../support/packets.mjs'
import { scenariosOf } from '../support/registry.mjs'

const scenario = scenariosOf('subscribe')

/** @type {[string, unknown[]][]} */
const refused = [
  ['a number', [7]],
  ['null', [null]],
  ['nothing', []],
  ['an object', [{}]],
  ['an unknown option', ['a', { Qos: 1 }]],
  ['qos 3', ['a', { qos: 3 }]],
  ['qos as text', ['a', { qos: '1' }]],
  ['onSuccess that is no function', ['a', { onSuccess: 1 }]],
  ['onFailure undefined', ['a', { onFailure: undefined }]],
  ['invocationContext as text', ['a', { invocationContext: 'x' }]],
  ['timeout as text', ['a', { timeout: '1' }]],
  ['timeout without onFailure', ['a', { timeout: 1 }]],
  ['two mistakes', ['a', { timeout: 1, qos: 3 }]],
]

for (const [what, given] of refused) {
  scenario(`subscribe() refuses ${what}`, async (w) => {
    const client = await w.connected()
    await w.call('subscribe', () => client.subscribe(...given))
  })
  scenario(`unsubscribe() refuses ${what}`, async (w) => {
    const client = await w.connected()
    await w.call('unsubscribe', () => client.unsubscribe(...given))
  })
}

/** @param {any} w */
const callbacks = (w) => ({ onSuccess: w.handler('subscribed'), onFailure: w.handler('refused') })

scenario('subscribe() before connect(): mistakes come first', async (w) => {
  const client = await w.client()
  await w.call('subscribe', () => client.subscribe('a', { qos: 9 }))
  await w.call('subscribe', () => client.subscribe(7))
  await w.call('subscribe', () => client.subscribe('a', {}))
  await w.call('unsubscribe', () => client.unsubscribe(7))
  await w.call('unsubscribe', () => client.unsubscribe('a', { timeout: 1 }))
  await w.call('unsubscribe', () => client.unsubscribe('a'))
})

for (const qos of [0, 1, 2])
  scenario(`subscribe() at qos ${qos}`, async (w) => {
    const client = await w.connected()
    await w.call('subscribe', () => client.subscribe('a/+/#', { qos, invocationContext: { n: qos }, ...callbacks(w) }))
    await w.receive(suback(w.id('SUBSCRIBE'), qos))
  })

scenario('subscribe() writes qos into its options', async (w) => {
  const client = await w.connected()
  const options = {}
  await w.call('subscribe', () => client.subscribe('a', options))
  await w.call('options', () => options)
})

for (const [what, options] of /** @type {[string, any][]} */ ([
  ['nothing', undefined],
  ['null', null],
  ['an empty object', {}],
]))
  scenario(`subscribe() with ${what}`, async (w) => {
    const client = await w.connected()
    await w.call('subscribe', () => client.subscribe('a', options))
    await w.receive(suback(w.id('SUBSCRIBE'), 0))
    await w.call('unsubscribe', () => client.unsubscribe('a', options))
    await w.receive(unsuback(w.id('UNSUBSCRIBE')))
  })

scenario('subscribe() to several filters', async (w) => {
  const client = await w.connected()
  await w.call('subscribe', () => client.subscribe(['a', 'b/#', '+/c'], { qos: 1, ...callbacks(w) }))
  await w.receive(suback(w.id('SUBSCRIBE'), 1, 0, 1))
})

for (const codes of [[0x80], [0x80, 0], [0, 0x80], [0x80, 0x80]])
  scenario(`the broker answers ${codes.map((code) => code.toString(16)).join(' ')}`, async (w) => {
    const client = await w.connected()
    const filters = codes.map((_, index) => `f${index}`)
    await w.call('subscribe', () => client.subscribe(filters, { invocationContext: { n: 1 }, ...callbacks(w) }))
    await w.receive(suback(w.id('SUBSCRIBE'), ...codes))
  })

scenario('the broker grants less than was asked for', async (w) => {
  const client = await w.connected()
  await w.call('subscribe', () => client.subscribe('a', { qos: 2, ...callbacks(w) }))
  await w.receive(suback(w.id('SUBSCRIBE'), 1))
})

scenario('two subscriptions are answered in the other order', async (w) => {
  const client = await w.connected()
  await w.call('subscribe', () => client.subscribe('a', { onSuccess: w.handler('first') }))
  await w.call('subscribe', () => client.subscribe('b', { onSuccess: w.handler('second') }))
  await w.receive(suback(w.id('SUBSCRIBE'), 0), suback(w.id('SUBSCRIBE', -2), 0))
})

scenario('a subscription is not answered in time', async (w) => {
  const client = await w.connected()
  await w.call('subscribe', () => client.subscribe('a', { timeout: 3, invocationContext: { n: 1 }, ...callbacks(w) }))
  await w.wait(10)
  await w.receive(suback(w.id('SUBSCRIBE'), 0))
})

scenario('a subscription is answered in time', async (w) => {
  const client = await w.connected()
  await w.call('subscribe', () => client.subscribe('a', { timeout: 3, ...callbacks(w) }))
  await w.wait(2)
  await w.receive(suback(w.id('SUBSCRIBE'), 0))
  await w.wait(10)
})

scenario('a subscription is refused within its time limit', async (w) => {
  const client = await w.connected()
  await w.call('subscribe', () => client.subscribe('a', { timeout: 3, ...callbacks(w) }))
  await w.receive(suback(w.id('SUBSCRIBE'), 0x80))
  await w.wait(10)
})

scenario('the connection is lost before SUBACK', async (w) => {
  const client = await w.connected()
  await w.call('subscribe', () => client.subscribe('a', callbacks(w)))
  await w.call('unsubscribe', () => client.unsubscribe('b', { onSuccess: w.handler('unsubscribed'), onFailure: w.handler('failed') }))
  await w.closes()
  await w.wait(60)
})

scenario('the connection is lost before SUBACK, with a time limit', async (w) => {
  const client = await w.connected()
  await w.call('subscribe', () => client.subscribe('a', { timeout: 5, ...callbacks(w) }))
  await w.closes()
  await w.wait(60)
})

scenario('onSuccess of subscribe() throws', async (w) => {
  const client = await w.connected()
  const onSuccess = w.handler('subscribed', () => {
    throw new Error('mine')
  })
  await w.call('subscribe', () => client.subscribe('a', { onSuccess }))
  await w.receive(suback(w.id('SUBSCRIBE'), 0))
  await w.call('isConnected', () => client.isConnected())
})

scenario('subscribe() in onConnected', async (w) => {
  const client = await w.client()
  client.onConnected = w.handler('onConnected', () => client.subscribe('a'))
  await w.connect(client)
  await w.accept()
})

scenario('unsubscribe()', async (w) => {
  const client = await w.connected()
  await w.call('unsubscribe', () => client.unsubscribe('a/#', { invocationContext: { n: 1 }, onSuccess: w.handler('unsubscribed') }))
  await w.receive(unsuback(w.id('UNSUBSCRIBE')))
})

scenario('unsubscribe() from several filters', async (w) => {
  const client = await w.connected()
  await w.call('unsubscribe', () => client.unsubscribe(['a', 'b/+'], { onSuccess: w.handler('unsubscribed') }))
  await w.receive(unsuback(w.id('UNSUBSCRIBE')))
})

scenario('unsubscribe() is not answered in time', async (w) => {
  const client = await w.connected()
  const options = { timeout: 2, invocationContext: { n: 1 }, onSuccess: w.handler('unsubscribed'), onFailure: w.handler('failed') }
  await w.call('unsubscribe', () => client.unsubscribe('a', options))
  await w.wait(5)
  await w.receive(unsuback(w.id('UNSUBSCRIBE')))
})

for (const filter of ['', 'a#', 'a/#/b', '+a', 'ä/😀', 'a\u0000b', '\ud800'])
  scenario(`subscribe() to ${JSON.stringify(filter)}`, async (w) => {
    const client = await w.connected()
    await w.call('subscribe', () => client.subscribe(filter, callbacks(w)))
    await w.call('isConnected', () => client.isConnected())
  })

scenario('subscribe() to no filter at all', async (w) => {
  const client = await w.connected()
  await w.call('subscribe', () => client.subscribe([]))
})
