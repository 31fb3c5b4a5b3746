// A leader that hangs: its tab lives and holds its locks, and does nothing.
import { expect, test } from './support.js'

const shared = { via: 'tab' }

for (const outbox of [false, true])
  test(`where the leader hangs, another tab takes over, and it follows once it goes on${outbox ? ', with an outbox' : ''}`, async ({
    open,
    topic,
    context,
  }) => {
    test.slow()
    let hangs = true
    await context.route('**/hangs', (route) => route.fulfill({ status: hangs ? 204 : 200 }))
    const [leader, one, other] = [await open(), await open(), await open()]
    for (const tab of [leader, one, other]) {
      await tab.connect({ shared, outbox })
      await tab.subscribe(topic, { qos: 1 })
    }
    await leader.page.evaluate(() => {
      setTimeout(() => {
        for (let status = 204; status === 204;) {
          const request = new XMLHttpRequest()
          request.open('GET', '/hangs', false)
          request.send()
          status = request.status
        }
      })
    })
    // It is on its way to a host that does not read it.
    const published = one.publish(topic, 'meanwhile', { qos: 1 })
    await expect.poll(async () => (await other.received()).map(({ text }) => text), { timeout: 90_000 }).toContain('meanwhile')
    await published
    hangs = false
    await leader.reaches('connected')
    await other.publish(topic, 'afterwards', { qos: 1 })
    for (const tab of [leader, one, other]) {
      await expect.poll(async () => (await tab.received()).at(-1)?.text, { timeout: 30_000 }).toBe('afterwards')
      const { state, states, errors } = await tab.facts()
      expect([state, errors, states.filter((each) => each.state === 'closed')]).toEqual(['connected', [], []])
    }
    // It does not come back as a second one.
    await leader.publish(topic, 'from the former leader', { qos: 1 })
    await expect.poll(async () => (await one.received()).at(-1)?.text).toBe('from the former leader')
    for (const tab of [leader, one, other]) await tab.disconnect()
  })
