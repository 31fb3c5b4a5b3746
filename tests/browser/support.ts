// What the specs are written in: tabs of a browser that speak MQTT, a broker, and what lies between them.
/* eslint-disable no-empty-pattern -- Playwright reads the wanted fixtures off the pattern */
import { createHash } from 'node:crypto'
import { fileURLToPath } from 'node:url'
import { test as base, expect, type BrowserContext, type Page, type TestInfo } from '@playwright/test'
import { type Broker, startBroker } from '../support/broker.mjs'
import { type ChaosProxy, startChaosProxy } from '../support/chaos-proxy.mjs'
import { packedDist } from '../support/packed.mjs'
import { startPageServer } from '../support/page-server.mjs'
import { bytesOf } from './pages/payload.js'

export { expect }

export const versions = [4, 5] as const
export const name = (version: 3 | 4 | 5) => ({ 3: 'MQTT 3.1', 4: 'MQTT 3.1.1', 5: 'MQTT 5.0' })[version]

const directory = (relative: string) => fileURLToPath(new URL(relative, import.meta.url))
export const pages = directory('pages/')
export { packedDist as dist }

export type Payload = { text: string } | { size: number; seed?: number }
export interface ErrorFacts {
  name: string
  code: string
  message: string
  reasonCode?: number
  fatal?: boolean
}
export interface Received {
  topic: string
  qos: number
  retain: boolean
  text: string
}
export interface Digest {
  topic: string
  size: number
  digest: string
}
export interface TabFacts {
  state: 'connecting' | 'connected' | 'reconnecting' | 'closed' | undefined
  states: { state: string; retryIn?: number; error?: ErrorFacts }[]
  errors: ErrorFacts[]
  messages: number
  numbers: { total: number; distinct: number; inOrder: boolean }
  published: number
}
interface Connected {
  clientId: string
  sessionPresent: boolean
  negotiated: Record<string, number | boolean>
}

/** A tab with one MQTT connection: see pages/client.js. */
export class Tab {
  /** Everything that the page printed, for a failed test's message. */
  readonly console: string[] = []
  /** Exceptions that nobody caught. */
  readonly uncaught: string[] = []

  /** @param defaults options of every connect() and join() */
  constructor(
    readonly page: Page,
    readonly broker: string,
    readonly defaults: object = {},
  ) {
    page.on('console', (message) => this.console.push(`${message.type()}: ${message.text()}`))
    page.on('pageerror', (error) => this.uncaught.push(String(error)))
  }

  async connect(options: object = {}, url: string | string[] = this.broker): Promise<Connected> {
    const result = await this.call<Connected | { error: ErrorFacts }>('connect', url, { ...this.defaults, ...options })
    if ('error' in result) throw new Error(`${result.error.name}: ${result.error.message}`)
    return result
  }

  /** Connects in vain. */
  async failToConnect(options: object = {}, url = this.broker): Promise<ErrorFacts> {
    const result = await this.call<Connected | { error: ErrorFacts }>('connect', url, { ...this.defaults, ...options })
    if ('error' in result) return result.error
    throw new Error('the connection stands')
  }

  /** Waits for the broker's answer: the granted QoS of each filter. */
  subscribe(filter: string | string[], options: object = {}): Promise<number[]> {
    return this.call('subscribe', filter, options)
  }

  /** Counts numbers instead of keeping messages. */
  subscribeNumbers(filter: string, options: object = {}): Promise<void> {
    return this.call('subscribeNumbers', filter, options)
  }

  subscribeThrowing(filter: string, options: object = {}): Promise<void> {
    return this.call('subscribeThrowing', filter, options)
  }

  /** Waits for the acknowledgement. */
  publish(topic: string, payload: string | Payload, options: object = {}): Promise<number> {
    return this.call('publish', topic, typeof payload === 'string' ? { text: payload } : payload, options)
  }

  /** With about `atOnce` of them on their way. */
  publishNumbers(
    topic: string,
    count: number,
    options: object = {},
    atOnce = 1000,
  ): Promise<{ published: number; failures: ErrorFacts[] }> {
    return this.call('publishNumbers', topic, count, options, atOnce)
  }

  /** All in one task. */
  publishAtOnce(topic: string, count: number, options: object = {}): Promise<void> {
    return this.call('publishAtOnce', topic, count, options)
  }

  received(): Promise<Received[]> {
    return this.call('received')
  }

  /** As `received`, for payloads that are not for reading. */
  digests(): Promise<Digest[]> {
    return this.call('digests')
  }

  facts(): Promise<TabFacts> {
    return this.call('facts')
  }

  /** Waits until it has received exactly these. */
  async receives(expected: Received[]): Promise<void> {
    await expect.poll(async () => (await this.facts()).messages, { timeout: 30_000 }).toBeGreaterThanOrEqual(expected.length)
    expect(await this.received()).toEqual(expected)
  }

  async reaches(state: TabFacts['state']): Promise<void> {
    await expect.poll(async () => (await this.facts()).state, { timeout: 30_000 }).toBe(state)
  }

  /** What the page's Content-Security-Policy had to forbid. */
  violations(): Promise<string[]> {
    return this.page.evaluate(() => (globalThis as unknown as { violations: string[] }).violations)
  }

  disconnect(options: object = {}): Promise<{ error?: ErrorFacts; unfinished: number }> {
    return this.call('disconnect', options)
  }

  /** Its process dies. */
  async crash(): Promise<void> {
    const devtools = await this.page.context().newCDPSession(this.page)
    const crashed = this.page.waitForEvent('crash')
    // There is nobody left to answer.
    void devtools.send('Page.crash').catch(() => undefined)
    await crashed
  }

  /** A function of the page's `client`. */
  call<Result = void>(method: string, ...parameters: unknown[]): Promise<Result> {
    return this.page.evaluate(
      ([name, given]) => {
        const { client } = globalThis as unknown as { client: Record<string, (...given: unknown[]) => unknown> }
        return client[name]!(...given) as Promise<never>
      },
      [method, parameters] as const,
    )
  }
}

/** Runs in the page before anything else. */
function noteViolations(): void {
  const violations: string[] = []
  Object.assign(globalThis, { violations })
  document.addEventListener('securitypolicyviolation', (event) => violations.push(`${event.violatedDirective}: ${event.blockedURI}`))
}

/** What a payload of `bytesOf` looks like when it arrived. */
export function digestOf(size: number, seed?: number): string {
  return createHash('sha256').update(bytesOf(size, seed)).digest('hex')
}

/** How a page is opened. */
export interface OpenOptions {
  /** The page, with what follows it; client.html without. */
  path?: string
  /** Where it is served, if not by the shared server. */
  site?: string
  context?: BrowserContext
  /** The address of its broker, where that is not the site's own /ws_mqtt. */
  broker?: string
}

interface TestFixtures {
  /** A topic that no other test uses. */
  topic: string
  open: (options?: OpenOptions) => Promise<Tab>
  /** A broker of the test's own, which keeps sessions over a restart. */
  ownBroker: Broker
  /** Before the shared broker. */
  chaos: ChaosProxy
  /** Hands over what was started, and closes it when the test is over, however that ends. */
  closing: <Server extends { close(): unknown }>(started: Promise<Server>) => Promise<Server>
}

interface WorkerFixtures {
  broker: Broker
  /** Options of every connect() and join(): where connections are, if not in the page. Set by projects of playwright.config.ts. */
  defaults: object
  /** Serves the pages, and passes /ws_mqtt to the broker. */
  site: { url: string; webSocketUrl: string }
}

export const test = base.extend<TestFixtures, WorkerFixtures>({
  defaults: [{}, { option: true, scope: 'worker' }],

  broker: [
    async ({}, use) => {
      const broker = await startBroker()
      await use(broker)
      await broker.close()
    },
    { scope: 'worker' },
  ],

  site: [
    async ({ broker }, use) => {
      const roots = { '/': pages, '/dist/': packedDist }
      // Brokers and proxies of single tests have ports, and so origins, of their own; csp.spec.ts is strict.
      const server = await startPageServer({ roots, brokerPort: broker.webSocketPort, contentSecurityPolicy: '' })
      await use({ url: server.url, webSocketUrl: `${server.url.replace('http', 'ws')}ws_mqtt` })
      await server.close()
    },
    { scope: 'worker' },
  ],

  topic: async ({}, use, info) => {
    await use(`test/${info.testId}`)
  },

  closing: async ({}, use) => {
    const servers: { close(): unknown }[] = []
    await use(async (started) => {
      const server = await started
      servers.push(server)
      return server
    })
    for (const server of servers.reverse()) await server.close()
  },

  open: async ({ context, site: shared, defaults }, use, info) => {
    const tabs: Tab[] = []
    await use(async ({ path = 'client.html', site = shared.url, context: chosen = context, broker = shared.webSocketUrl } = {}) => {
      const tab = new Tab(await chosen.newPage(), broker, defaults)
      tabs.push(tab)
      await tab.page.addInitScript(noteViolations)
      await tab.page.goto(site + path)
      await tab.page.waitForFunction(() => 'client' in globalThis)
      return tab
    })
    report(tabs, info)
    expect(tabs.flatMap((tab) => tab.uncaught)).toEqual([])
  },

  ownBroker: async ({}, use) => {
    const broker = await startBroker({ persistence: true })
    await use(broker)
    await broker.close()
  },

  chaos: async ({ broker }, use) => {
    const proxy = await startChaosProxy({ target: broker.url })
    await use(proxy)
    await proxy.close()
  },
})

/** How many messages the outboxes of the page's origin hold. */
export function storedMessages(page: Page): Promise<number> {
  return page.evaluate(async () => {
    const names = (await indexedDB.databases()).map(({ name }) => name!)
    const counts = names.map(
      (name) =>
        new Promise<number>((resolve) => {
          const opening = indexedDB.open(name)
          opening.onsuccess = () => {
            const { result } = opening
            const stores = [...result.objectStoreNames]
            const counting = result
              .transaction(stores)
              .objectStore(stores.find((store) => /record/.test(store))!)
              .getAllKeys()
            counting.onsuccess = () => {
              result.close()
              // [slot, kind, number]
              resolve((counting.result as [string, number, number][]).filter(([, kind]) => kind === 1).length)
            }
          }
        }),
    )
    return (await Promise.all(counts)).reduce((sum, count) => sum + count, 0)
  })
}

/** A failed test tells what its pages said. */
export function report(tabs: { console: string[]; uncaught: string[] }[], info: TestInfo): void {
  if (info.status === info.expectedStatus) return
  for (const [index, tab] of tabs.entries()) {
    console.log(`Tab ${index + 1} of "${info.title}" said:`)
    for (const line of [...tab.console, ...tab.uncaught.map((error) => `uncaught: ${error}`)]) console.log(`  ${line}`)
  }
}
