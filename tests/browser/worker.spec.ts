// `worker: true`: the connection is in a worker of the page. What a connection does as such is tried by the project "over a
// worker" of playwright.config.ts.
import { startPageServer, strictContentSecurityPolicy } from '../support/page-server.mjs'
import { dist, expect, pages, storedMessages, test } from './support.js'

test('a page that uses a worker loads no module itself, under a strict Content-Security-Policy', async ({
  open,
  topic,
  broker,
  closing,
}) => {
  const server = await closing(startPageServer({ roots: { '/': pages, '/dist/': dist }, brokerPort: broker.webSocketPort }))
  const tab = await open({ site: server.url, path: 'client.html?wasm' })
  const asked: string[] = []
  tab.page.on('request', (request) => asked.push(new URL(request.url()).pathname))
  await tab.page.evaluate(() => {
    const refuse = () => Promise.reject(new Error('in the page'))
    Object.assign(WebAssembly, { instantiate: refuse, instantiateStreaming: refuse, compile: refuse })
  })
  await tab.connect({ worker: true }, '/ws_mqtt')
  await tab.subscribe(topic, { qos: 2 })
  await tab.publish(topic, 'from the worker', { qos: 2 })
  await tab.receives([{ topic, text: 'from the worker', qos: 2, retain: false }])
  expect(tab.page.workers()).toHaveLength(1)
  expect(tab.page.workers()[0]!.url()).toMatch(/^http.*\/dist\/worker\.js$/)
  expect(asked.filter((path) => path.endsWith('.wasm'))).toEqual([])
  expect(strictContentSecurityPolicy).toContain("default-src 'self'")
  expect(await tab.violations()).toEqual([])
  await tab.disconnect()
  await expect.poll(() => tab.page.workers().length).toBe(0)
})

test('no worker is left where the connection is refused, aborted, or never stood', async ({ open, site }) => {
  const tab = await open()
  await tab.failToConnect({ worker: true, connectTimeout: 300 }, `${site.webSocketUrl}/nowhere`)
  await expect.poll(() => tab.page.workers().length).toBe(0)
  const reasons = await tab.page.evaluate(async (url) => {
    const { connect } = await import('/dist/index.js' as string)
    const aborted = [0, 5, 50].map(async (delay) => {
      const controller = new AbortController()
      setTimeout(() => controller.abort(new Error('enough')), delay)
      return connect(`${url}/nowhere`, { worker: true, signal: controller.signal, reconnect: { retryFirst: true } }).catch(
        (error: Error) => error.message,
      )
    })
    return Promise.all(aborted)
  }, site.webSocketUrl)
  expect(reasons).toEqual(['enough', 'enough', 'enough'])
  await expect.poll(() => tab.page.workers().length).toBe(0)
})

test('a worker file that is not there, or is something else, is an error that says what to do', async ({ open }) => {
  const tab = await open()
  for (const url of ['/dist/nowhere.js', '/client.html', 'https://elsewhere.invalid/worker.js']) {
    const error = await tab.failToConnect({ worker: { url } })
    expect(error).toMatchObject({ name: 'MqttError', code: 'load_failed' })
    expect(error.message).toContain('websocket-mq/worker')
  }
  await expect.poll(() => tab.page.workers().length).toBe(0)
  // What is wrong with an option is said before anything is loaded.
  expect((await tab.failToConnect({ worker: 'yes' })).message).toContain('worker is true or false')
})

test('a Content-Security-Policy that forbids workers is an error that says so', async ({ open, broker, closing }) => {
  const contentSecurityPolicy = `${strictContentSecurityPolicy}; worker-src 'none'`
  const server = await closing(
    startPageServer({ roots: { '/': pages, '/dist/': dist }, brokerPort: broker.webSocketPort, contentSecurityPolicy }),
  )
  const tab = await open({ site: server.url })
  const error = await tab.failToConnect({ worker: true }, '/ws_mqtt')
  expect(error.code).toBe('load_failed')
  expect(error.message).toContain('worker-src')
})

test('functions of the options stay in the page, and what they throw comes back as it was', async ({ open, site }) => {
  const tab = await open()
  const result = await tab.page.evaluate(async (url) => {
    const { connect } = await import('/dist/index.js' as string)
    class Mine extends Error {
      extra = 7
    }
    const thrown = new Mine('no ticket')
    const failed = await connect(url, {
      worker: true,
      credentials: () => Promise.reject(thrown),
    }).catch((error: Error) => ({ code: (error as unknown as { code: string }).code, isSame: error.cause === thrown }))
    const asked: object[] = []
    const lines: string[] = []
    const mq = await connect(() => Promise.resolve(url), {
      worker: true,
      credentials: (request: object) => {
        asked.push(request)
        return { username: 'ann' }
      },
      log: (level: string, text: string) => lines.push(`${level} ${text.split(' ')[0]} ${text.split(' ')[1]}`),
    })
    await mq.disconnect()
    return { failed, asked, lines }
  }, site.webSocketUrl)
  expect(result.failed).toEqual({ code: 'credentials_failed', isSame: true })
  expect(result.asked).toEqual([{ uri: '', clientId: expect.stringContaining('wsmq-'), lastError: undefined }])
  expect(result.lines).toContain('debug Received CONNACK,')
  expect(result.lines).toContain('info Connected to')
})

for (const where of [{ worker: true }, { shared: { via: 'worker' } }, { shared: { via: 'tab' } }] as const)
  test(`an outbox outlives the page: ${JSON.stringify(where)}`, async ({ open, topic, ownBroker }) => {
    const tab = await open({ broker: ownBroker.url })
    const options = { ...where, outbox: true, reconnect: { minDelay: 50, maxDelay: 200 } }
    const { clientId } = await tab.connect(options)
    await ownBroker.stop()
    await tab.reaches('reconnecting')
    await tab.page.evaluate((to) => {
      const { mq } = (globalThis as unknown as { client: { mq: { publish(...given: unknown[]): Promise<unknown> } } }).client
      for (const text of ['1', '2', '3']) mq.publish(to, text, { qos: 2 }).catch(() => {})
    }, topic)
    await expect.poll(() => storedMessages(tab.page)).toBe(3)
    await tab.page.reload()
    await ownBroker.start()
    const observer = await open({ broker: ownBroker.url })
    await observer.connect({ clientId: 'observer' })
    await observer.subscribe(topic, { qos: 2 })
    const result = await tab.page.evaluate(
      async ([url, given]) => {
        const { connect } = await import('/dist/index.js' as string)
        const delivered: string[] = []
        const all = new Promise<void>((resolve) => {
          void connect(url, {
            ...given,
            prepare: (mq: { on(type: string, handler: (event: { topic: string; qos: number }) => void): void }) =>
              mq.on('delivered', (event) => {
                delivered.push(`${event.topic} ${event.qos}`)
                if (delivered.length === 3) resolve()
              }),
          }).then((mq: unknown) => Object.assign(globalThis, { mq }))
        })
        await all
        const { mq } = globalThis as unknown as { mq: { clientId: string; disconnect(): Promise<unknown> } }
        const { clientId: own } = mq
        await mq.disconnect()
        return { delivered, own }
      },
      [ownBroker.url, options] as const,
    )
    expect(result).toEqual({ delivered: [`${topic} 2`, `${topic} 2`, `${topic} 2`], own: clientId })
    await observer.receives(['1', '2', '3'].map((text) => ({ topic, text, qos: 2, retain: false })))
  })
