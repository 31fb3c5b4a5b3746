// Several real pages, one broker, and no backend but where a test starts one.
import { fileURLToPath } from 'node:url'
import { backends, buildBackend, missing } from '../../scripts/lib/backends.mjs'
import { ServerProcess } from '../support/server-process.mjs'
import { expect, name, type OpenOptions, type Tab, test as base, versions } from './support.js'

const repository = fileURLToPath(new URL('../../', import.meta.url))

interface Facts {
  changes: string[]
  messages: { from: string; data: unknown }[]
  said: { from: string; data: unknown }[]
  cancelled: string[]
  states: string[]
  identities: { uid: string; former: string }[]
  progress: unknown[]
  uid: string
  state: string
}
type Outcome = { result: unknown } | { error: { name: string; code: string; remoteCode?: number }; took: number }

/** A page that has joined. */
class Member {
  constructor(
    readonly tab: Tab,
    readonly uid: string,
  ) {}
  call<Result = void>(method: string, ...given: unknown[]): Promise<Result> {
    return this.tab.call<Result>(method, ...given)
  }
  request(target: string, method: string, params?: unknown, options: object = {}): Promise<Outcome> {
    return this.call('request', target, method, params, options)
  }
  facts(): Promise<Facts> {
    return this.call('facts')
  }
  async sees(...others: string[]): Promise<void> {
    await expect.poll(() => this.call<string[]>('present'), { timeout: 30_000 }).toEqual([...others].sort())
  }
}

const test = base.extend<{
  /** Of the topics that no other test uses. */
  root: string
  join: (options?: object, open?: OpenOptions) => Promise<Member>
  /** Starts a program with the environment of a service, and ends it when the test is over. */
  start: (command: readonly string[], cwd: string) => Promise<ServerProcess>
}>({
  root: async ({ topic }, use) => {
    await use(`${topic}/`)
  },
  join: async ({ open, root }, use) => {
    await use(async (options = {}, how = {}) => {
      const tab = await open({ path: 'webapp.html', ...how })
      const joined = await tab.call<{ uid: string } | { error: { message: string } }>('join', tab.broker, {
        root,
        ...tab.defaults,
        ...options,
      })
      if ('error' in joined) throw new Error(joined.error.message)
      return new Member(tab, joined.uid)
    })
  },
  start: async ({ broker, root }, use) => {
    const started: ServerProcess[] = []
    await use(async (command, cwd) => {
      const [program = '', ...args] = command
      const env = { WSMQ_URL: `mqtt://127.0.0.1:${broker.tcpPort}`, WSMQ_ROOT: root, WSMQ_PERIOD: '0' }
      const process = new ServerProcess(program, args, env, cwd)
      started.push(process)
      await process.start([])
      return process
    })
    for (const process of started) await process.stop()
  },
})

for (const protocolVersion of versions) {
  test.describe(name(protocolVersion), () => {
    const ways = ['is closed', 'dies', 'leaves'] as const
    for (const way of ways) {
      test(`a page is seen when it joins, and gone when it ${way}`, async ({ join, browser }) => {
        const ann = await join({ protocolVersion, willDelay: 1 })
        const context = await browser.newContext()
        const bob = await join({ protocolVersion, willDelay: 1, user: 'bob', state: { name: 'Bob' } }, { context })
        await ann.sees(bob.uid)
        await bob.sees(ann.uid)
        expect(await ann.call('stateOf', bob.uid)).toEqual({ name: 'Bob' })
        if (way === 'is closed') await bob.tab.page.close()
        else if (way === 'dies') await bob.tab.crash()
        else expect(await bob.call('leave')).toEqual({ unfinished: 0 })
        await ann.sees()
        expect((await ann.facts()).changes).toEqual([`appeared ${bob.uid}`, `gone ${bob.uid}`])
        await context.close()
      })
    }

    test('a page shows what it is about', async ({ join }) => {
      const [ann, bob] = [await join({ protocolVersion }), await join({ protocolVersion, user: 'bob' })]
      await ann.sees(bob.uid)
      await bob.call('setState', { busy: true })
      await expect.poll(() => ann.call('stateOf', bob.uid)).toEqual({ busy: true })
    })

    test('peers answer one another, with no backend anywhere', async ({ join }) => {
      const [ann, bob] = [await join({ protocolVersion }), await join({ protocolVersion, user: 'bob' })]
      await bob.call('expose')
      expect(await ann.request(bob.uid, 'sum', [1, 2, 3])).toEqual({ result: 6 })
      expect(await ann.request(bob.uid, 'whoAsks')).toEqual({ result: ann.uid })
      expect(await ann.request(bob.uid, 'fail')).toMatchObject({
        error: { name: 'RemoteError', remoteCode: 17, message: 'Sold out', data: { left: 0 } },
      })
      expect(await ann.request(bob.uid, 'unknown')).toMatchObject({ error: { name: 'RemoteError', remoteCode: -32601 } })
      const { items, result } = await ann.call<{ items: number[]; result: string }>('stream', bob.uid, 'count', { to: 200 })
      expect(items).toEqual(Array.from({ length: 200 }, (_, index) => index + 1))
      expect(result).toBe('done')
    })

    test('a peer hears that nobody wants its answer any more', async ({ join }) => {
      const [ann, bob] = [await join({ protocolVersion }), await join({ protocolVersion, user: 'bob' })]
      await bob.call('expose')
      await ann.call('begin', bob.uid, 'wait')
      // Its turn has come, and so it is being worked on.
      expect(await ann.request(bob.uid, 'sum', [1])).toEqual({ result: 1 })
      await ann.call('abort')
      expect(await ann.call('outcome')).toMatchObject({ error: { name: 'Error', message: 'enough' } })
      await expect.poll(async () => (await bob.facts()).cancelled).toEqual([ann.uid])
      expect(await ann.request(bob.uid, 'wait', undefined, { timeout: 100 })).toMatchObject({ error: { name: 'RequestTimeoutError' } })
      await expect.poll(async () => (await bob.facts()).cancelled).toEqual([ann.uid, ann.uid])
    })

    test('messages reach the one who is meant, and rooms those who are in them', async ({ join }) => {
      const [ann, bob, eve] = [
        await join({ protocolVersion }),
        await join({ protocolVersion, user: 'bob' }),
        await join({ protocolVersion, user: 'eve' }),
      ]
      await ann.call('send', bob.uid, { hello: 'Bob' })
      await expect.poll(async () => (await bob.facts()).messages).toEqual([{ from: ann.uid, data: { hello: 'Bob' } }])
      await bob.call('enter', 'lobby')
      await eve.call('enter', 'cellar')
      // Bob is in the room when the broker has said so: what he sends afterwards comes after it.
      await bob.call('send', ann.uid, 'I am in')
      await eve.call('send', ann.uid, 'So am I')
      await expect.poll(async () => (await ann.facts()).messages).toHaveLength(2)
      await ann.call('say', 'lobby', 'good morning')
      await expect.poll(async () => (await bob.facts()).said).toEqual([{ from: ann.uid, data: 'good morning' }])
      await ann.call('say', 'cellar', 'and to you')
      await expect.poll(async () => (await eve.facts()).said).toEqual([{ from: ann.uid, data: 'and to you' }])
      expect((await bob.facts()).said).toHaveLength(1)
      expect((await eve.facts()).messages).toEqual([])
    })

    test('a request that nobody can answer fails, and does not sit out its time', async ({ join, root }) => {
      const ann = await join({ protocolVersion })
      // What MQTT 5 tells by itself is in the record that a service leaves behind.
      await ann.call('publish', `${root}webapp/svc/stopped/x1`, '{"online":false,"service":"stopped","instance":"x1"}')
      const services = protocolVersion === 5 ? ['stopped', 'never-there'] : ['stopped']
      for (const service of services) {
        const outcome = await ann.request(service, 'echo', {}, { timeout: 3_600_000 })
        expect(outcome).toMatchObject({ error: { name: 'NoResponderError', code: 'no_responder' } })
      }
    })

    test('a device is offline when its process dies', async ({ join, start }) => {
      const ann = await join({ protocolVersion })
      await ann.call('watchDevices', ['SN-7', 'SN-8'])
      const simulate = ['node', 'demo/devices/simulate.mjs']
      const device = await start([...simulate, 'SN-7'], repository)
      await start([...simulate, 'SN-8', 'SN-9'], repository)
      await expect.poll(() => ann.call('deviceStates')).toEqual({ 'SN-7': true, 'SN-8': true })
      await device.stop('SIGKILL')
      await expect.poll(() => ann.call('deviceStates')).toEqual({ 'SN-7': false, 'SN-8': true })
    })

    test('of two pages that chose the same name both stay, the one that is displaced under another', async ({ join, browser }) => {
      /** Neither storage nor locks are shared with any other, and chance always chooses the same name. */
      const withoutChance = async () => {
        const context = await browser.newContext()
        await context.addInitScript(() => {
          const chance = crypto.getRandomValues.bind(crypto) as (array: unknown) => never
          crypto.getRandomValues = (array: unknown) => (array instanceof Uint8Array ? array.fill(0) : chance(array)) as never
        })
        return context
      }
      const contexts = [await withoutChance(), await withoutChance()]
      const bob = await join({ protocolVersion, user: 'bob' })
      await bob.call('expose')
      const first = await join({ protocolVersion, state: { page: 1 } }, { context: contexts[0] })
      await first.call('expose')
      await first.call('enter', 'lobby')
      await first.call('begin', bob.uid, 'wait', undefined, { timeout: 3_600_000 })
      expect(await first.request(bob.uid, 'sum', [1])).toEqual({ result: 1 })

      const second = await join({ protocolVersion, state: { page: 2 } }, { context: contexts[1] })
      expect([first.uid, second.uid]).toEqual(['acme:ann:aaaa', 'acme:ann:aaaa'])
      await expect.poll(async () => (await first.facts()).uid, { timeout: 30_000 }).toMatch(/^acme:ann:[a-z0-9]{8}$/)
      const { uid, identities } = await first.facts()
      expect(identities).toEqual([{ uid, former: 'acme:ann:aaaa' }])
      expect(await first.call('outcome')).toMatchObject({ error: { name: 'RequestError', code: 'session_lost' } })
      await first.sees(bob.uid, second.uid)
      await second.sees(bob.uid, uid)
      await bob.sees(uid, second.uid)
      expect([await bob.call('stateOf', uid), await bob.call('stateOf', second.uid)]).toEqual([{ page: 1 }, { page: 2 }])

      expect(await second.request(uid, 'sum', [1, 2])).toEqual({ result: 3 })
      expect(await first.request(bob.uid, 'whoAsks')).toEqual({ result: uid })
      await bob.call('say', 'lobby', 'good morning')
      await expect.poll(async () => (await first.facts()).said).toEqual([{ from: bob.uid, data: 'good morning' }])
      const stored = first.tab.page.evaluate(
        () => Object.entries(sessionStorage).find(([key]) => key.startsWith('websocket-mq acme:ann'))?.[1],
      )
      expect(`acme:ann:${await stored}`).toBe(uid)
      expect((await first.facts()).identities).toHaveLength(1)
      expect((await second.facts()).identities).toEqual([])
      for (const context of contexts) await context.close()
    })

    test('everybody is there again after the broker crashed', async ({ join, ownBroker }) => {
      const at = { broker: ownBroker.url }
      const [ann, bob] = [await join({ protocolVersion }, at), await join({ protocolVersion, user: 'bob' }, at)]
      await bob.call('expose')
      await ann.sees(bob.uid)
      await ownBroker.restart('SIGKILL')
      for (const each of [ann, bob])
        await expect
          .poll(async () => (await each.facts()).states.filter((state) => state === 'connected').length, { timeout: 30_000 })
          .toBe(1)
      expect(await ann.request(bob.uid, 'sum', [1, 1], { timeout: 30_000 })).toEqual({ result: 2 })
      await ann.sees(bob.uid)
      await bob.sees(ann.uid)
    })
  })
}

test('a page that is reloaded keeps its uid, and nobody sees it go', async ({ join, root }) => {
  const [ann, bob] = [await join(), await join({ user: 'bob', willDelay: 60 })]
  await ann.sees(bob.uid)
  await bob.tab.page.reload()
  await bob.tab.page.waitForFunction(() => 'client' in globalThis)
  expect(await bob.call('join', bob.tab.broker, { root, user: 'bob', willDelay: 60, ...bob.tab.defaults })).toEqual({ uid: bob.uid })
  await bob.call('send', ann.uid, 'I am back')
  await expect.poll(async () => (await ann.facts()).messages).toHaveLength(1)
  await ann.sees(bob.uid)
  expect((await ann.facts()).changes.filter((change) => change.startsWith('gone'))).toEqual([])
})

test('a tab that is duplicated takes a uid of its own', async ({ join, root, context, defaults }) => {
  test.skip('shared' in defaults, 'they are one webapp')
  const ann = await join()
  const opened = context.waitForEvent('page')
  // What a page opens gets a copy of its session storage, as a duplicated tab does.
  await ann.tab.page.evaluate(() => void window.open(location.href))
  const copy = await opened
  await copy.waitForFunction(() => 'client' in globalThis)
  const storage = (page: typeof copy) => page.evaluate(() => JSON.stringify(sessionStorage))
  expect(await storage(copy)).toBe(await storage(ann.tab.page))
  const { uid } = await copy.evaluate(
    ([url, given]) =>
      (globalThis as unknown as { client: { join: (...given: unknown[]) => Promise<{ uid: string }> } }).client.join(url, given),
    [ann.tab.broker, { root, ...defaults }] as const,
  )
  expect(uid).not.toBe(ann.uid)
  expect(uid).toMatch(/^acme:ann:[a-z0-9]{4}$/)
  await ann.sees(uid)
})

test('a state that is too large for a record is refused', async ({ join }) => {
  const ann = await join()
  await expect(ann.call('setState', 'x'.repeat(5000))).rejects.toThrow(/4,096 bytes/)
  await expect(join({ state: 'x'.repeat(5000) })).rejects.toThrow(/4,096 bytes/)
})

test('pages of MQTT 3.1.1 and of MQTT 5 take part together, and so does a worker', async ({ join, root, site }) => {
  const [old, young] = [await join({ protocolVersion: 4 }), await join({ protocolVersion: 5, user: 'bob' })]
  for (const each of [old, young]) await each.call('expose')
  expect(await old.request(young.uid, 'sum', [1, 2])).toEqual({ result: 3 })
  expect(await young.request(old.uid, 'sum', [3, 4])).toEqual({ result: 7 })
  const { uid, sum } = await young.call<{ uid: string; sum: number }>('inWorker', site.webSocketUrl, root, old.uid)
  expect(sum).toBe(42)
  expect(uid).toMatch(/^acme:worker:/)
})

for (const backend of backends()) {
  test(`the demo service in ${backend.language} answers a page`, async ({ join, start }) => {
    const lacks = missing(backend)
    test.skip(lacks !== undefined, `${lacks} is not installed`)
    test.setTimeout(600_000)
    expect(await buildBackend(backend)).toBeUndefined()
    await start(backend.start, `${repository}demo/backends/${backend.name}`)
    const ann = await join()
    await expect.poll(() => ann.call('services'), { timeout: 60_000 }).toEqual(['demo'])
    expect(await ann.request('demo', 'echo', { grün: ['✓', 1.5, null] })).toEqual({ result: { grün: ['✓', 1.5, null] } })
    expect(await ann.request('demo', 'sum', [1, 2, 3.5])).toEqual({ result: 6.5 })
    expect(await ann.request('demo', 'devices.list')).toEqual({ result: ['SN-1001', 'SN-1002'] })
    expect(await ann.request('demo', 'fail', { code: 42, message: 'No', data: [1] })).toMatchObject({
      error: { name: 'RemoteError', remoteCode: 42, message: 'No', data: [1] },
    })
    expect(await ann.request('demo', 'unknown')).toMatchObject({ error: { remoteCode: -32601 } })
    expect(await ann.call('stream', 'demo', 'slow', { steps: 150, delay: 0 })).toEqual({
      items: Array.from({ length: 150 }, (_, index) => index + 1),
      result: 150,
    })
    await ann.call('begin', 'demo', 'slow', { steps: 1_000_000, delay: 20 }, { timeout: 3_600_000 })
    await expect.poll(async () => (await ann.facts()).progress.length).toBeGreaterThan(2)
    await ann.call('abort')
    expect(await ann.call('outcome')).toMatchObject({ error: { message: 'enough' } })
  })
}

for (const protocolVersion of versions)
  test(`${name(protocolVersion)}: others see a page whose connection is replaced neither leave nor join`, async ({ join }) => {
    const bob = await join({ user: 'bob', protocolVersion })
    const ann = await join({ user: 'ann', protocolVersion, willDelay: 0 })
    await bob.sees(ann.uid)
    const { changes: before } = await bob.facts()
    await ann.call('reconnect', 3)
    // Behind everything that was published.
    await ann.call('setState', { done: true })
    await expect.poll(async () => (await bob.facts()).changes.length).toBeGreaterThan(before.length)
    expect((await bob.facts()).changes.slice(before.length)).toEqual([`changed ${ann.uid}`])
  })
