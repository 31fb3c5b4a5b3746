import { freePort } from '../support/free-port.mjs'
import { expect, type Tab, test } from './support.js'

type Note = [what: string, ...details: unknown[]]

/** Waits until the page has noted this. */
async function notes(tab: Tab, expected: Note): Promise<void> {
  await expect.poll(() => tab.call<Note[]>('notes')).toContainEqual(expected)
}

for (const [mqtt, options] of [
  ['the default version', {}],
  ['MQTT 3.1.1', { mqttVersion: 4 }],
] as const) {
  for (const qos of [0, 1, 2] as const) {
    test(`the classic flow with ${mqtt} at QoS ${qos}`, async ({ open, topic, site }) => {
      const tab = await open({ path: 'paho.html' })
      await tab.call('start', site.webSocketUrl, options)
      await notes(tab, ['connected', 'mine', true])
      await tab.call('subscribe', `${topic}/#`, qos)
      await notes(tab, ['subscribed', qos])
      await tab.call('send', `${topic}/first`, 'ä', qos, false)
      await notes(tab, ['delivered', `${topic}/first`, 'ä'])
      await notes(tab, ['arrived', `${topic}/first`, 'ä', [0xc3, 0xa4], qos, false])
      await tab.call('disconnect')
      await notes(tab, ['lost', 0])
    })
  }
}

test('a retained message is known as one', async ({ open, topic, site }) => {
  const [sender, receiver] = [await open({ path: 'paho.html' }), await open({ path: 'paho.html' })]
  for (const tab of [sender, receiver]) {
    await tab.call('start', site.webSocketUrl, {})
    await notes(tab, ['connected', 'mine', true])
  }
  await sender.call('send', topic, 'kept', 1, true)
  await notes(sender, ['delivered', topic, 'kept'])
  await receiver.call('subscribe', topic, 1)
  await notes(receiver, ['arrived', topic, 'kept', [...Buffer.from('kept')], 1, true])
})

test('a broker that is not there is told to onFailure', async ({ open }) => {
  const tab = await open({ path: 'paho.html' })
  await tab.call('start', `ws://127.0.0.1:${await freePort()}/ws_mqtt`, {})
  await expect.poll(() => tab.call<Note[]>('notes')).toEqual([['failed', expect.any(Number), 'mine', expect.any(String)]])
})

test('a lost connection is told to onConnectionLost', async ({ open, chaos }) => {
  const tab = await open({ path: 'paho.html' })
  await tab.call('start', chaos.url, {})
  await notes(tab, ['connected', 'mine', true])
  chaos.cut()
  await expect.poll(() => tab.call<Note[]>('notes')).toContainEqual(['lost', expect.any(Number)])
  expect((await tab.call<Note[]>('notes')).at(-1)?.[1]).toBeGreaterThan(0)
})
