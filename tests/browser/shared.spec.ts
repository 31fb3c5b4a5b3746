// Several tabs, one connection: in a SharedWorker, and in a tab that the others elect.
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
  })
}
