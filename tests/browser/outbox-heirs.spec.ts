// What a tab leaves in its outbox is sent by one that has been there for long.
import { packedDist } from '../support/packed.mjs'
import { expect, type Tab, test } from './support.js'

interface Facts {
  delivered: { topic: string }[]
  state: string
}
declare const self: { looks: number; setTimeout: (act: () => void, delay: number) => unknown }

/** It looks every fifth of a second, and not every minute. */
function hurry(): void {
  const real = self.setTimeout
  Object.assign(self, {
    looks: 0,
    setTimeout: (act: () => void, delay: number) => {
      if (delay === 60_000) self.looks++
      return real(act, delay === 60_000 ? 200 : delay)
    },
  })
}

test('a tab that is connected sends what one left that dies later', async ({ open, chaos, topic, context, broker }) => {
  await context.addInitScript(hurry)
  const { connect } = (await import(`${packedDist}index.js`)) as typeof import('websocket-mq')
  const observer = await connect(broker.url)
  const texts: string[] = []
  await observer.subscribe(topic, { qos: 2 }, (message) => {
    texts.push(message.text())
  }).ready
  const begin = async (): Promise<Tab> => {
    const tab = await open({ path: 'outbox.html', broker: chaos.url })
    await tab.call('open', tab.broker)
    await expect.poll(async () => (await tab.call<Facts>('facts')).state).toBe('connected')
    return tab
  }
  const [one, other] = [await begin(), await begin()]
  const looks = () => one.page.evaluate(() => self.looks)
  // What it did when it had connected is over.
  await expect.poll(looks).toBeGreaterThan(0)
  chaos.refusing = true
  chaos.cut()
  const numbers = Array.from({ length: 20 }, (_, index) => index + 1)
  await other.call('publish', topic, numbers, { qos: 2 })
  await expect.poll(() => one.call('stored')).toEqual({ slots: 2, records: 20 })
  // The slot of a tab that lives stays where it is.
  const before = await looks()
  await expect.poll(looks).toBeGreaterThan(before + 1)
  expect(await one.call('stored')).toEqual({ slots: 2, records: 20 })
  await other.crash()
  chaos.refusing = false
  await expect.poll(async () => (await one.call<Facts>('facts')).delivered.length, { timeout: 60_000 }).toBe(20)
  expect(texts).toEqual(numbers.map(String))
  await expect.poll(() => one.call('stored')).toEqual({ slots: 1, records: 0 })
  await observer.disconnect()
})
