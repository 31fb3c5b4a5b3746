// The SharedWorker ends while tabs live, as where the browser ends its process.
import { expect, test } from './support.js'

test('tabs whose SharedWorker died start another, and lose nothing at QoS 1', async ({ open, topic, browser, site }) => {
  const shared = { name: topic }
  const [one, other] = [await open(), await open()]
  for (const tab of [one, other]) {
    await tab.connect({ shared })
    await tab.subscribe(topic, { qos: 1 })
  }
  const devtools = await browser.newBrowserCDPSession()
  const workers = async () => {
    const { targetInfos } = await devtools.send('Target.getTargets')
    return targetInfos
      .filter((target) => target.type === 'shared_worker' && target.url.startsWith(site.url))
      .map(({ targetId }) => targetId)
  }
  const [worker = ''] = await workers()
  const published = Array.from({ length: 20 }, (_, number) => one.publish(topic, String(number), { qos: 1 }))
  await devtools.send('Target.closeTarget', { targetId: worker })
  await Promise.all(published)
  await expect.poll(async () => (await one.facts()).states.map(({ state }) => state)).toContain('reconnecting')
  for (const tab of [one, other]) await tab.reaches('connected')
  expect(await workers()).not.toContain(worker)

  await other.publish(topic, 'afterwards', { qos: 1 })
  for (const tab of [one, other]) await expect.poll(async () => (await tab.received()).at(-1)?.text).toBe('afterwards')
  for (const tab of [one, other]) await tab.disconnect()
})
