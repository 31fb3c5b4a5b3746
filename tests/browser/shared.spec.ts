// Several tabs, one connection: in a SharedWorker, and in a tab that the others elect.
import { startBroker } from '../support/broker.mjs'
import { expect, test } from './support.js'

const ways = [{ via: 'worker' }, { via: 'tab' }] as const

for (const shared of ways) {
  test.describe(`shared via a ${shared.via}`, () => {
    test('tabs have one connection, and each has its own subscriptions', async ({ open, topic }) => {
      const [one, other] = [await open(), await open()]
      const first = await one.connect({ shared })
      const second = await other.connect({ shared })
      expect(second.clientId).toBe(first.clientId)
      await one.subscribe(`${topic}/+`, { qos: 1 })
      await other.subscribe(`${topic}/b`, { qos: 1 })
      await one.publish(`${topic}/a`, 'for one', { qos: 1 })
      await other.publish(`${topic}/b`, 'for both', { qos: 2 })
      await one.receives([
        { topic: `${topic}/a`, text: 'for one', qos: 1, retain: false },
        { topic: `${topic}/b`, text: 'for both', qos: 1, retain: false },
      ])
      await other.receives([{ topic: `${topic}/b`, text: 'for both', qos: 1, retain: false }])
      await one.disconnect()
      // The connection stands for the other.
      await other.publish(`${topic}/b`, 'still', { qos: 1 })
      await expect.poll(async () => (await other.facts()).messages).toBe(2)
      await other.disconnect()
    })

    test('a late tab is connected at once, and gets what is stored', async ({ open, topic }) => {
      const one = await open()
      await one.connect({ shared })
      await one.subscribe(topic)
      await one.publish(topic, 'stored', { qos: 1, retain: true })
      await expect.poll(async () => (await one.facts()).messages).toBe(1)
      const late = await open()
      await late.connect({ shared })
      await late.subscribe(topic, { retainHandling: 1 })
      await late.receives([{ topic, text: 'stored', qos: 0, retain: true }])
      expect((await one.facts()).messages).toBe(1)
      await one.publish(topic, '', { qos: 1, retain: true })
      for (const tab of [one, late]) await tab.disconnect()
    })

    test('a tab with another option is refused, by its name', async ({ open }) => {
      const [one, other] = [await open(), await open()]
      await one.connect({ shared, keepAlive: 20 })
      const error = await other.failToConnect({ shared, keepAlive: 21 })
      expect(error).toMatchObject({ name: 'InvalidArgumentError', code: 'invalid_argument' })
      expect(error.message).toContain('The option keepAlive differs')
      // Under another name it is another connection.
      const { clientId } = await other.connect({ shared: { ...shared, name: 'mine' }, keepAlive: 21 })
      expect(clientId).not.toBe((await one.connect({ shared, keepAlive: 20 })).clientId)
      for (const tab of [one, other]) await tab.disconnect()
    })

    test('what a tab had is given up when it crashes', async ({ open, topic, closing }) => {
      const logging = await closing(startBroker({ settings: ['log_type all'] }))
      const broker = logging.url
      const [one, other] = [await open({ broker }), await open({ broker })]
      await one.connect({ shared })
      await other.connect({ shared })
      await one.subscribe(`${topic}/one`)
      await other.subscribe(`${topic}/other`)
      const crashing = await open({ broker })
      await crashing.connect({ shared })
      await crashing.subscribe(`${topic}/crashing`)
      await crashing.publish(`${topic}/one`, 'last words', { qos: 2 })
      await crashing.crash()
      await expect.poll(async () => (await one.facts()).messages).toBe(1)
      await expect.poll(() => logging.log).toMatch(new RegExp(`UNSUBSCRIBE[^]*${topic}/crashing`))
      expect(logging.log).not.toMatch(new RegExp(`UNSUBSCRIBE[^]*${topic}/other`))
      for (const tab of [one, other]) await tab.disconnect()
    })

    test('a tab that was frozen joins again', async ({ open, topic }) => {
      const [one, other] = [await open(), await open()]
      await one.connect({ shared })
      await other.connect({ shared })
      for (const tab of [one, other]) await tab.subscribe(topic, { qos: 1 })
      // Chromium freezes no visible page: these are the events that a page sees of it.
      const say = (type: string) => one.page.evaluate((name) => document.dispatchEvent(new Event(name)), type)
      await say('freeze')
      await one.reaches('reconnecting')
      await other.publish(topic, 'meanwhile', { qos: 1 })
      await other.reaches('connected')
      await say('resume')
      await one.reaches('connected')
      expect((await one.received()).map(({ text }) => text)).not.toContain('meanwhile')
      await other.publish(topic, 'afterwards', { qos: 1 })
      await expect.poll(async () => (await one.received()).at(-1)?.text).toBe('afterwards')
      await one.publish(topic, 'from one', { qos: 2 })
      await expect.poll(async () => (await other.received()).at(-1)?.text).toBe('from one')
      for (const tab of [one, other]) await tab.disconnect()
    })

    test('nothing is left when the last tab has left', async ({ open, closing }) => {
      const logging = await closing(startBroker({ settings: ['log_type all'] }))
      const broker = logging.url
      const [one, other] = [await open({ broker }), await open({ broker })]
      const { clientId } = await one.connect({ shared })
      await other.connect({ shared })
      await one.disconnect()
      await other.publish('a', 'x', { qos: 1 })
      await other.disconnect()
      await expect.poll(() => logging.log).toMatch(new RegExp(`${clientId} disconnected|DISCONNECT from ${clientId}`))
      await expect
        .poll(() =>
          other.page.evaluate(async () => (await navigator.locks.query()).held!.filter(({ name }) => name!.startsWith('wsmq-tab')).length),
        )
        .toBe(0)
    })
  })
}

test('where the leader leaves, the next one goes on', async ({ open, topic }) => {
  const shared = { via: 'tab' }
  const [one, other] = [await open(), await open()]
  const { clientId } = await one.connect({ shared })
  await other.connect({ shared })
  await other.subscribe(topic, { qos: 1 })
  await one.disconnect()
  await other.publish(topic, 'on my own', { qos: 1 })
  await other.receives([{ topic, text: 'on my own', qos: 1, retain: false }])
  expect((await other.connect({ shared })).clientId).toBe(clientId)
  await other.disconnect()
})

test('tabs of an insecure page are refused, with what to do', async ({ open }) => {
  const tab = await open()
  await tab.page.evaluate(() => Object.defineProperty(navigator, 'locks', { value: undefined }))
  const error = await tab.failToConnect({ shared: true })
  expect(error.code).toBe('not_supported')
  expect(error.message).toContain('https:')
})
