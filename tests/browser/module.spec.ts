// The WebAssembly module alone, without the package around it: wsmq.d.ts is all that its users have.
import { startFakeBroker } from '../wasm/support/fake-broker.mjs'
import { startPageServer } from '../support/page-server.mjs'
import { dist, expect, name, pages, test } from './support.js'

interface Outcome {
  texts: string[]
  errors: string[]
  published: number
  lost: string
  deleted: boolean
}

const count = 60
const expected = Array.from({ length: count }, (_, i) => `${i % 3} grün ${i}`).sort()

for (const flavour of ['wsmq', 'wsmq.embedded']) {
  for (const version of [3, 4, 5] as const) {
    for (const where of ['flow', 'inWorker']) {
      test(`${flavour}, ${name(version)}: the flow of mqttws31.js${where === 'flow' ? '' : ' in a worker'}`, async ({
        open,
        closing,
        broker,
        topic,
      }) => {
        // Under the strict Content-Security-Policy.
        const site = await closing(startPageServer({ roots: { '/': pages, '/dist/': dist }, brokerPort: broker.webSocketPort }))
        const tab = await open({ site: site.url, path: `module.html?flavour=${flavour}` })
        const clientId = topic.slice(-20)
        const given = { host: '127.0.0.1', port: site.port, clientId, topic, version, count }
        const outcome = await tab.call<Outcome>(where, given)
        expect(outcome.texts.sort()).toEqual(expected)
        expect(outcome.errors).toEqual(['Error: a handler that throws'])
        expect(outcome.published).toBeGreaterThan(0)
        expect([outcome.lost, outcome.deleted]).toEqual(['none', true])
        expect(await tab.violations()).toEqual([])
        expect(tab.console).toEqual([])
      })
    }
  }
}

test('a network that comes back is tried at once', async ({ open, context, closing }) => {
  const broker = await closing(startFakeBroker())
  const tab = await open({ path: 'module.html?flavour=wsmq' })
  await tab.call('stay', broker.url)
  const first = await broker.accept()
  const told = () => tab.call<string[]>('told')
  await expect.poll(told).toEqual(['connecting', 'connected'])
  first.terminate()
  await expect.poll(told).toEqual(['connecting', 'connected', 'lost'])
  await context.setOffline(true)
  await context.setOffline(false)
  await broker.accept({ session: true })
  await expect.poll(told).toEqual(['connecting', 'connected', 'lost', 'connecting', 'connected'])
})

test('clients that are deleted while they connect leave nothing behind', async ({ open, closing }) => {
  const broker = await closing(startFakeBroker())
  broker.serves = true
  const tab = await open({ path: 'module.html?flavour=wsmq' })
  // What is made once, such as by the first that does connect, may be made in any round; what leaks is in each.
  await expect.poll(() => tab.call('deleteWhileConnecting', broker.url)).toBe(0)
})
