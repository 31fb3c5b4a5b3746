// A leader that dies before its tabs hear what it said last, which is already in its outbox.
import { dist, expect, storedMessages, test } from './support.js'
import { WebSocket } from 'ws'

interface Parts {
  client: { mq: { publish(topic: string, payload: string, options: object): Promise<unknown> } }
  outcomes: string[]
}
declare const self: Parts & typeof globalThis

for (const death of ['crash', 'close', 'disconnect'] as const)
  test(`what a tab did not hear from its leader does not come twice: ${death}`, async ({ open, topic, broker }) => {
    const { connect, load } = await import(`${dist}index.js`)
    await load({ WebSocket })
    const observer = await connect(broker.url)
    const arrived: string[] = []
    await observer.subscribe(`${topic}/#`, { qos: 2 }, (message: { text(): string }) => void arrived.push(message.text())).ready

    const [leader, other] = [await open(), await open()]
    for (const tab of [leader, other])
      await tab.connect({ shared: { via: 'tab' }, outbox: true, reconnect: { minDelay: 50, maxDelay: 500 } })
    // What it says goes through another thread, and dies with the process.
    await leader.page.evaluate(() => {
      const post = BroadcastChannel.prototype.postMessage
      BroadcastChannel.prototype.postMessage = function (said) {
        if (!JSON.stringify(said).includes('"published"')) post.call(this, said)
      }
    })
    await other.page.evaluate((to) => {
      self.outcomes = []
      for (const text of ['one', 'two'])
        self.client.mq.publish(to, text, { qos: 2 }).then(
          () => self.outcomes.push(text),
          (error) => self.outcomes.push(String(error)),
        )
    }, topic)
    await expect.poll(() => arrived).toEqual(['one', 'two'])
    await expect.poll(() => storedMessages(leader.page)).toBe(0)
    expect(await other.page.evaluate(() => self.outcomes)).toEqual([])

    if (death === 'crash') await leader.crash()
    else if (death === 'close') await leader.page.close()
    else await leader.disconnect()
    await expect.poll(() => other.page.evaluate(() => self.outcomes)).toEqual(['one', 'two'])
    await other.publish(topic, 'three', { qos: 2 })
    await expect.poll(() => arrived.at(-1)).toBe('three')
    expect(arrived).toEqual(['one', 'two', 'three'])
    expect((await other.facts()).errors).toEqual([])
    await other.disconnect()
    await observer.disconnect()
  })
