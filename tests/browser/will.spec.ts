import { expect, name, test, versions } from './support.js'

for (const protocolVersion of versions) {
  test.describe(name(protocolVersion), () => {
    const ways = ['whose process dies', 'that is closed', 'that goes elsewhere'] as const
    for (const way of ways) {
      test(`the will of a tab ${way} is published`, async ({ open, topic, browser }) => {
        const witness = await open()
        await witness.connect({ protocolVersion })
        await witness.subscribe(topic, { qos: 1 })

        // A context of its own, so that the process that dies is nobody else's.
        const context = await browser.newContext()
        const dying = await open({ context })
        await dying.connect({ protocolVersion, will: { topic, payload: 'gone', qos: 1 } })
        if (way === 'whose process dies') await dying.crash()
        else if (way === 'that is closed') await dying.page.close()
        else await dying.page.goto('about:blank')

        await witness.receives([{ topic, text: 'gone', qos: 1, retain: false }])
        await context.close()
      })
    }

    test('a tab that disconnects keeps its will to itself', async ({ open, topic }) => {
      const [witness, leaving] = [await open(), await open()]
      await witness.connect({ protocolVersion })
      await witness.subscribe(topic, { qos: 1 })
      await leaving.connect({ protocolVersion, will: { topic, payload: 'gone', qos: 1 } })
      await leaving.disconnect()
      await witness.publish(topic, 'still here', { qos: 1 })
      await witness.receives([{ topic, text: 'still here', qos: 1, retain: false }])
    })

    test('the will goes with every reconnection, too', async ({ open, topic, chaos }) => {
      const [witness, unlucky] = [await open(), await open()]
      await witness.connect({ protocolVersion })
      await witness.subscribe(topic, { qos: 1 })
      await unlucky.connect({ protocolVersion, will: { topic, payload: 'lost', qos: 1 }, reconnect: { minDelay: 50 } }, chaos.url)
      for (let cuts = 1; cuts <= 2; cuts += 1) {
        chaos.cut()
        await expect.poll(async () => (await witness.facts()).messages).toBe(cuts)
        await expect.poll(() => chaos.accepted).toBe(cuts + 1)
        await unlucky.reaches('connected')
      }
    })
  })
}
