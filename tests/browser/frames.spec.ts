import { expect, test } from './support.js'

declare const window: Window & { batches: { frame: number; texts: string[] }[] }

test("deliver: 'frame' hands over every message once and in order, in one batch for each frame", async ({ open, topic, broker }) => {
  const [sender, receiver] = [await open(), await open()]
  await sender.connect()
  await receiver.page.evaluate(
    async ([url, filter]) => {
      const { connect } = (await import('/dist/index.js' as string)) as typeof import('websocket-mq')
      window.batches = []
      const mq = await connect(url as string)
      await mq.subscribe(filter as string, { qos: 1, deliver: 'frame', bufferSize: 100_000 }, (batch) => {
        window.batches.push({ frame: document.timeline.currentTime as number, texts: batch.map((message) => message.text()) })
      }).ready
    },
    [broker.url, topic],
  )
  const count = 2000
  await sender.publishNumbers(topic, count, { qos: 1 })

  const batches = () => receiver.page.evaluate(() => window.batches)
  await expect.poll(async () => (await batches()).reduce((sum, { texts }) => sum + texts.length, 0)).toBe(count)
  const received = await batches()
  expect(received.flatMap(({ texts }) => texts).map(Number)).toEqual(Array.from({ length: count }, (_, index) => index))
  expect(new Set(received.map(({ frame }) => frame)).size).toBe(received.length)
})
