// localStorage['websocket-mq'] switches the diagnostics of a page on that is already deployed.
import { expect, test } from './support.js'

test('a level in localStorage logs on the console, packets and timings included', async ({ open, topic }) => {
  const tab = await open()
  await tab.page.evaluate(() => localStorage.setItem('websocket-mq', 'debug timings packets'))
  await tab.page.evaluate(() => {
    const observer = new PerformanceObserver((list) => list.getEntries().forEach(({ name }) => console.log(`measured ${name}`)))
    observer.observe({ type: 'measure' })
  })
  await tab.connect({ credentials: { username: 'ann', password: 'secret-word' } })
  await tab.publish(topic, 'payload-text', { qos: 1 })
  await expect.poll(() => tab.console.join('\n')).toContain(`measured websocket-mq: PUBLISH ${topic}`)
  const said = tab.console.join('\n')
  expect(said).toContain('info: websocket-mq: Connected to ws://')
  expect(said).toContain(`debug: websocket-mq: Sent PUBLISH "${topic}"`)
  expect(said).toContain('debug: websocket-mq: Received PUBACK')
  expect(said).not.toMatch(/secret-word|payload-text/)
})

test('nothing is logged where localStorage has no level', async ({ open, topic }) => {
  const tab = await open()
  await tab.page.evaluate(() => localStorage.setItem('websocket-mq', 'nothing that is known'))
  await tab.connect()
  await tab.publish(topic, 'x', { qos: 1 })
  expect(tab.console).toEqual([])
})
