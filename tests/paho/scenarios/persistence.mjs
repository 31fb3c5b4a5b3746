// Section 8: what is kept in localStorage, and what a new page makes of it.
import { puback, publish, pubcomp, pubrec, pubrel } from '../support/packets.mjs'
import { scenariosOf } from '../support/registry.mjs'

const scenario = scenariosOf('persistence')

/** @param {number} id @param {number} sequence @param {object} [more] @param {object} [payload] */
const sent = (id, sequence, more = {}, payload = {}) =>
  JSON.stringify({
    type: 3,
    messageIdentifier: id,
    version: 1,
    ...more,
    payloadMessage: { payloadHex: '78', qos: 1, destinationName: 'a', ...payload },
    sequence,
  })

/** @param {any} w @param {boolean} [sessionPresent] */
async function back(w, sessionPresent = true) {
  const client = await w.client()
  await w.connect(client, { cleanSession: false })
  await w.accept(0, sessionPresent)
  return client
}

for (const qos of [0, 1, 2])
  scenario(`a message at QoS ${qos} is kept until it is answered`, async (w) => {
    const client = await w.connected({ cleanSession: false })
    await w.call('send', () => client.send('a/b', 'Grüße', qos, true))
    await w.stored('sent')
    if (qos === 1) await w.receive(puback(w.id('PUBLISH')))
    if (qos === 2) {
      await w.receive(pubrec(w.id('PUBLISH')))
      await w.stored('released')
      await w.receive(pubcomp(w.id('PUBLISH')))
    }
    await w.stored('answered')
  })

scenario('a received message at QoS 2 is kept until it is released', async (w) => {
  await w.connected({ cleanSession: false })
  await w.receive(publish('a', 'x', { qos: 2, id: 9 }))
  await w.stored('received')
  await w.receive(pubrel(9))
  await w.stored('released')
})

for (const [what, given] of /** @type {[string, unknown[]][]} */ ([
  ['h:80 and the default path', ['h', 80, 'id']],
  ['h:80 and /p', ['h', 80, '/p', 'id']],
  ['a URI', ['ws://h:80/mqtt', 'id']],
  ['a URI without a port', ['ws://h/mqtt', 'id']],
  ['an IPv6 address', ['::1', 80, 'i:d']],
]))
  scenario(`the keys for ${what}`, async (w) => {
    const client = await w.connected({ cleanSession: false }, given)
    await w.call('send', () => client.send('a', 'x', 1))
    await w.stored()
  })

for (const [what, payload] of /** @type {[string, any][]} */ ([
  ['bytes', Uint8Array.of(0, 1, 254, 255)],
  ['an ArrayBuffer', Uint8Array.of(1, 2, 3).buffer],
  ['nothing', ''],
]))
  scenario(`${what} survive a reload`, async (w) => {
    const client = await w.connected({ cleanSession: false })
    await w.call('send', () => client.send('a', payload, 1))
    await w.stored()
    await w.reload()
    await back(w)
    await w.receive(puback(w.id('PUBLISH')))
    await w.stored()
  })

scenario('a message at QoS 1 survives a reload', async (w) => {
  const client = await w.connected({ cleanSession: false })
  await w.call('send', () => client.send('a', 'x', 1))
  await w.reload()
  await back(w)
  await w.receive(puback(w.id('PUBLISH')))
  await w.stored()
})

scenario('a message at QoS 2 survives a reload', async (w) => {
  const client = await w.connected({ cleanSession: false })
  await w.call('send', () => client.send('a', 'x', 2))
  await w.reload()
  await back(w)
  await w.receive(pubrec(w.id('PUBLISH')), pubcomp(w.id('PUBLISH')))
  await w.stored()
})

scenario('a released message at QoS 2 survives a reload', async (w) => {
  const client = await w.connected({ cleanSession: false })
  await w.call('send', () => client.send('a', 'x', 2))
  await w.receive(pubrec(w.id('PUBLISH')))
  await w.reload()
  await back(w)
  await w.receive(pubcomp(w.id('PUBREL')))
  await w.stored()
})

scenario('a received message at QoS 2 survives a reload', async (w) => {
  await w.connected({ cleanSession: false })
  await w.receive(publish('a', 'x', { qos: 2, id: 9 }))
  await w.reload()
  await back(w)
  await w.receive(pubrel(9))
  await w.stored()
})

scenario('three messages survive a reload in their order', async (w) => {
  const client = await w.connected({ cleanSession: false })
  for (const text of ['1', '2', '3']) await w.call('send', () => client.send('a', text, 1))
  await w.reload()
  await back(w)
})

scenario('a clean session forgets what is stored', async (w) => {
  const client = await w.connected({ cleanSession: false })
  await w.call('send', () => client.send('a', 'x', 1))
  await w.reload()
  const again = await w.client()
  await w.connect(again)
  await w.accept()
  await w.stored()
  await w.call('send', () => client.isConnected())
})

scenario('what another client stored is not touched', async (w) => {
  w.storage.setItem('Sent:other:80:id:1', sent(1, 0))
  w.storage.setItem('unrelated', 'x')
  await w.open()
  await back(w)
  await w.stored()
})

scenario('records of Paho are sent again', async (w) => {
  w.storage.setItem('Sent:h:80:/p:id:5', sent(5, 1, {}, { destinationName: 'second', retained: true }))
  w.storage.setItem('Sent:h:80:/p:id:9', sent(9, 0, {}, { destinationName: 'first', payloadHex: 'c3a4' }))
  w.storage.setItem('Sent:h:80:/p:id:7', sent(7, 2, { pubRecReceived: true }, { qos: 2 }))
  await w.open()
  await back(w)
  await w.receive(puback(5), pubcomp(7), puback(9))
  await w.stored()
})

scenario('a received record of Paho is released', async (w) => {
  w.storage.setItem(
    'Received:h:80:/p:id:5',
    JSON.stringify({ type: 3, messageIdentifier: 5, version: 1, payloadMessage: { payloadHex: '78', qos: 2, destinationName: 'a' } }),
  )
  await w.open()
  await back(w)
  await w.receive(pubrel(5))
  await w.stored()
})

scenario('new messages do not take the identifiers of old ones', async (w) => {
  w.storage.setItem('Sent:h:80:/p:id:1', sent(1, 0))
  await w.open()
  const client = await back(w)
  await w.call('send', () => client.send('a', 'new', 1))
  await w.call('different', () => w.id('PUBLISH') !== w.id('PUBLISH', -2))
})

for (const [what, value] of /** @type {[string, string][]} */ ([
  ['of another type', JSON.stringify({ type: 8, messageIdentifier: 1, version: 1 })],
  ['of another version', JSON.stringify({ type: 3, messageIdentifier: 1, version: 2, payloadMessage: {} })],
  ['that is no JSON', '{'],
]))
  scenario(`a record ${what}`, async (w) => {
    w.storage.setItem('Sent:h:80:/p:id:1', value)
    await w.open()
    await w.client()
  })

scenario('storage is full', async (w) => {
  const client = await w.connected({ cleanSession: false })
  w.storage.full = true
  await w.call('send', () => client.send('a', 'x', 1))
  await w.call('isConnected', () => client.isConnected())
  await w.call('send', () => client.send('a', 'y', 1))
  w.event(`${w.count('PUBLISH')} PUBLISH`)
})

scenario('nothing is kept of QoS 0 while disconnected', async (w) => {
  const client = await w.connected({ cleanSession: false, reconnect: true })
  client.disconnectedPublishing = true
  await w.closes()
  await w.call('send', () => client.send('a', '0'))
  await w.call('send', () => client.send('a', '1', 1))
  await w.stored()
})
