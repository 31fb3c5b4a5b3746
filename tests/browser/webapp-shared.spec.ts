// Several tabs that are one webapp: over a SharedWorker, and over a tab that the others elect, which may die.
import { expect, name, type OpenOptions, storedMessages, type Tab, test as base } from './support.js'

interface Facts {
  changes: string[]
  messages: { from: string; data: unknown }[]
  said: { from: string; data: unknown }[]
  uid: string
  state: string
}
type Outcome = { result: unknown } | { error: { name: string; code: string } }

const ways = [{ via: 'worker' }, { via: 'tab' }] as const

const test = base.extend<{
  /** Opens a page that joins: of one account, tabs of which are one webapp, if there is `shared`. */
  join: (options: object, open?: OpenOptions) => Promise<{ tab: Tab; uid: string }>
}>({
  join: async ({ open, topic }, use) => {
    await use(async (options, how = {}) => {
      const tab = await open({ path: 'webapp.html', ...how })
      const joined = await tab.call<{ uid: string } | { error: { message: string } }>('join', tab.broker, {
        root: `${topic}/`,
        willDelay: 2,
        ...options,
      })
      if ('error' in joined) throw new Error(joined.error.message)
      return { tab, uid: joined.uid }
    })
  },
})

const facts = (tab: Tab) => tab.call<Facts>('facts')
const present = (tab: Tab) => tab.call<string[]>('present')
const patient = expect.configure({ timeout: 30_000 })

/** The tab exposes `who`, which says its name; `hang`, which never answers; and `steps`, which never ends. */
function expose(tab: Tab, own: string): Promise<void> {
  return tab.page.evaluate((name) => {
    const { app } = (globalThis as unknown as { client: { app: { expose(handlers: object): void } } }).client
    const asked: string[] = []
    Object.assign(globalThis, { asked })
    app.expose({
      who: () => name,
      hang: ({ at }: { at: string }) => {
        asked.push('hang')
        return at === name ? new Promise(() => {}) : name
      },
      async *steps() {
        asked.push('steps')
        for (let n = 0; ; n++) yield n
      },
      [`only_${name}`]: () => name,
    })
  }, own)
}
const asked = (tab: Tab) => tab.page.evaluate(() => (globalThis as unknown as { asked: string[] }).asked)

for (const shared of ways) {
  test.describe(`a webapp shared via a ${shared.via}`, () => {
    test('is one to others, and each of its tabs sees and does what one alone would', async ({ join }) => {
      const [one, two] = [await join({ shared, state: { tab: 1 } }), await join({ shared, state: { tab: 2 } })]
      const bob = await join({ user: 'bob' })
      expect(two.uid).toBe(one.uid)
      await patient.poll(() => present(bob.tab)).toEqual([one.uid])
      for (const { tab } of [one, two]) await patient.poll(() => present(tab)).toEqual([bob.uid])
      expect(await bob.tab.call('stateOf', one.uid)).toEqual({ tab: 1 })
      await two.tab.call('setState', { busy: true })
      await patient.poll(() => bob.tab.call('stateOf', one.uid)).toEqual({ busy: true })
      for (const { tab } of [one, two]) {
        await tab.call('enter', 'lobby')
        // Behind the subscription.
        await tab.call('send', bob.uid, 'I am in')
      }
      await patient.poll(async () => (await facts(bob.tab)).messages).toHaveLength(2)
      await bob.tab.call('say', 'lobby', 'good morning')
      await bob.tab.call('send', one.uid, 'to you')
      for (const { tab } of [one, two]) {
        await patient.poll(async () => (await facts(tab)).said).toEqual([{ from: bob.uid, data: 'good morning' }])
        await patient.poll(async () => (await facts(tab)).messages).toEqual([{ from: bob.uid, data: 'to you' }])
      }
      await bob.tab.call('expose')
      expect(await Promise.all([one, two].map(({ tab }, index) => tab.call('request', bob.uid, 'sum', [index, 1])))).toEqual([
        { result: 1 },
        { result: 2 },
      ])
      const late = await join({ shared })
      await patient.poll(() => present(late.tab)).toEqual([bob.uid])
      // A tab that leaves is no news to others, until it is the last.
      for (const { tab } of [one, two]) expect(await tab.call('leave')).toEqual({ unfinished: 0 })
      expect(await late.tab.call('request', bob.uid, 'sum', [5])).toEqual({ result: 5 })
      expect(await present(bob.tab)).toEqual([one.uid])
      await late.tab.call('leave')
      await patient.poll(() => present(bob.tab)).toEqual([])
      expect((await facts(bob.tab)).changes.filter((change) => !change.startsWith('changed'))).toEqual([
        `appeared ${one.uid}`,
        `gone ${one.uid}`,
      ])
    })

    test('answers by a tab that exposes the method, and by another if that one crashes', async ({ join, browser }) => {
      const [one, two] = [await join({ shared }), await join({ shared })]
      await expose(one.tab, 'one')
      await expose(two.tab, 'two')
      const context = await browser.newContext()
      const bob = await join({ user: 'bob' }, { context })
      for (const name of ['one', 'two']) expect(await bob.tab.call('request', one.uid, `only_${name}`)).toEqual({ result: name })
      expect(await bob.tab.call('request', one.uid, 'nothing')).toMatchObject({ error: { remoteCode: -32601 } })
      // The latest, which is not the leader, works on it and goes.
      const hanging = bob.tab.call<Outcome>('request', one.uid, 'hang', { at: 'two' }, { timeout: 3_600_000 })
      await patient.poll(() => asked(two.tab)).toEqual(['hang'])
      await two.tab.page.close()
      expect(await hanging).toEqual({ result: 'one' })
      // What others have had a part of is not begun anew.
      const three = await join({ shared })
      await expose(three.tab, 'three')
      await bob.tab.call('begin', one.uid, 'steps', undefined, { timeout: 3_600_000 })
      await patient.poll(() => asked(three.tab)).toEqual(['steps'])
      await patient.poll(async () => (await bob.tab.call<{ progress: unknown[] }>('facts')).progress.length).toBeGreaterThan(100)
      await three.tab.page.close()
      expect(await bob.tab.call('outcome')).toMatchObject({ error: { name: 'NoResponderError', code: 'no_responder' } })
      await context.close()
    })
  })
}

for (const protocolVersion of [4, 5] as const)
  for (const end of ['crashes', 'is closed', 'leaves'] as const)
    test(`${name(protocolVersion)}: where the leader ${end}, the next one is the same webapp, and has all that its tabs had`, async ({
      join,
      browser,
    }) => {
      const shared = { via: 'tab' }
      const own = { shared, protocolVersion, reconnect: { minDelay: 50, maxDelay: 500 } }
      const [leader, two, three] = [await join(own), await join(own), await join(own)]
      const context = await browser.newContext()
      const bob = await join({ user: 'bob', protocolVersion }, { context })
      const eve = await join({ user: 'eve', protocolVersion, willDelay: 0 }, { context })
      await bob.tab.call('expose')
      await bob.tab.call('enter', 'lobby')
      await expose(leader.tab, 'leader')
      await expose(two.tab, 'two')
      await three.tab.call('enter', 'lobby')
      await patient.poll(() => present(three.tab)).toEqual([bob.uid, eve.uid])
      // One that was sent may be carried out, so that it is not sent a second time.
      await three.tab.call('begin', bob.uid, 'wait', undefined, { timeout: 3_600_000 })
      expect(await three.tab.call('request', bob.uid, 'sum', [1])).toEqual({ result: 1 })
      await two.tab.call('setState', { two: true })
      await patient.poll(() => bob.tab.call('stateOf', leader.uid)).toEqual({ two: true })

      if (end === 'crashes') await leader.tab.crash()
      else if (end === 'is closed') await leader.tab.page.close()
      else await leader.tab.call('leave')
      await eve.tab.call('leave')
      expect(await three.tab.call('outcome')).toMatchObject({ error: { name: 'RequestError', code: 'session_lost' } })
      // Without waiting for the next leader.
      await two.tab.call('say', 'lobby', 'still here')
      for (const { tab } of [two, three]) await patient.poll(async () => (await facts(tab)).state).toBe('connected')
      expect(await three.tab.call('request', bob.uid, 'sum', [1, 2], { timeout: 30_000 })).toEqual({ result: 3 })
      await patient.poll(async () => (await facts(bob.tab)).said).toEqual([{ from: leader.uid, data: 'still here' }])
      for (const method of ['who', 'only_two'])
        expect(await bob.tab.call('request', leader.uid, method, undefined, { timeout: 30_000 })).toEqual({ result: 'two' })
      await bob.tab.call('say', 'lobby', 'good morning')
      await patient.poll(async () => (await facts(three.tab)).said).toEqual([{ from: bob.uid, data: 'good morning' }])
      // Who went meanwhile is gone, and who stayed neither went nor came.
      await patient.poll(() => present(three.tab)).toEqual([bob.uid])
      expect((await facts(three.tab)).changes.filter((change) => change.endsWith(bob.uid))).toEqual([`appeared ${bob.uid}`])
      for (const { tab } of [two, three]) expect((await facts(tab)).uid).toBe(leader.uid)
      await patient.poll(() => bob.tab.call('stateOf', leader.uid)).toEqual({ two: true })
      if (protocolVersion === 5) expect((await facts(bob.tab)).changes.filter((change) => change === `gone ${leader.uid}`)).toEqual([])
      if (end === 'crashes') await leader.tab.page.close()
      await context.close()
    })

for (const where of [{ worker: true }, { shared: { via: 'worker' } }, { shared: { via: 'tab' } }] as const)
  test(`what a webapp has said is delivered by the page that comes after, with an outbox: ${JSON.stringify(where)}`, async ({
    join,
    ownBroker,
    topic,
  }) => {
    const own = { ...where, outbox: true, reconnect: { minDelay: 50, maxDelay: 200 } }
    const at = { broker: ownBroker.url }
    const one = await join(own, at)
    await ownBroker.stop()
    await patient.poll(async () => (await facts(one.tab)).state).toBe('reconnecting')
    await one.tab.call('say', 'lobby', 'before the reload')
    await patient.poll(() => storedMessages(one.tab.page)).toBe(1)
    await one.tab.page.reload()
    await one.tab.page.waitForFunction(() => 'client' in globalThis)
    await ownBroker.start()
    const bob = await join({ user: 'bob' }, at)
    await bob.tab.call('enter', 'lobby')
    await bob.tab.call('request', bob.uid, 'nothing', undefined, { timeout: 1000 })
    const again = await one.tab.call<{ uid: string }>('join', ownBroker.url, { root: `${topic}/`, willDelay: 2, ...own })
    expect(again).toEqual({ uid: one.uid })
    await patient.poll(async () => (await facts(bob.tab)).said).toEqual([{ from: one.uid, data: 'before the reload' }])
  })
