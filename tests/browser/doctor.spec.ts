// The doctor and the broker in memory, in a page.
import { expect, test } from './support.js'

test('the doctor measures a broker from within a page, and finds the right path', async ({ open, site }) => {
  const { page } = await open()
  const diagnose = (url: string) =>
    page.evaluate(async (address) => {
      const { diagnose } = (await import('/dist/doctor.js' as string)) as typeof import('websocket-mq/doctor')
      return diagnose(address)
    }, url)
  const { ok, broker } = await diagnose(site.webSocketUrl)
  expect(ok).toBe(true)
  expect(broker?.versions).toEqual([3, 4, 5])
  const { verdict } = await diagnose(site.webSocketUrl.replace('ws_mqtt', 'elsewhere'))
  expect(verdict).toBe('The broker answers at the path /ws_mqtt, and not at /elsewhere: change the address.')
})

test('a page reaches the broker in memory', async ({ open }) => {
  const { page } = await open()
  const heard = await page.evaluate(async () => {
    const { TestBroker } = (await import('/dist/testing.js' as string)) as typeof import('websocket-mq/testing')
    const { connect } = (await import('/dist/index.js' as string)) as typeof import('websocket-mq')
    const broker = new TestBroker().install()
    const mq = await connect(broker.url)
    mq.post('a', 'from the page')
    const text = (await broker.next('a')).text()
    await mq.disconnect()
    broker.close()
    return text
  })
  expect(heard).toBe('from the page')
})
