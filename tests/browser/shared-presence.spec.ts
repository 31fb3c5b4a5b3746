// Tabs that share a connection and have a state each: what they and others see of each, and when one of them ends.
import { WebSocket } from 'ws'
import { dist, expect, type Tab, test as base } from './support.js'

interface PresentTab {
  id: string
  since: Date
  state: unknown
}
interface Record {
  online: boolean
  state: unknown
  tabs?: { id: string; since: number; state: unknown }[]
}
interface Own {
  tab: string
  state: unknown
  told: { [id: string]: unknown }
}
interface Joined {
  tab: Tab
  uid: string
  id: string
}

const ways = [{ via: 'worker' }, { via: 'tab' }] as const
const patient = expect.configure({ timeout: 30_000 })
const own = (tab: Tab) => tab.call<Own>('tabs')

const test = base.extend<{
  join: (options: object) => Promise<Joined>
  /** Another webapp, under Node: what it sees of the tabs of ann's, by their names, and what it was told of her webapp. */
  bob: { tabs: () => unknown; changes: string[] }
  /** One that reads the records, as it was before there were tabs. */
  records: Record[]
}>({
  join: async ({ open, topic }, use) => {
    await use(async (options) => {
      const tab = await open({ path: 'webapp.html' })
      const joined = await tab.call<{ uid: string } | { error: { message: string } }>('join', tab.broker, {
        root: `${topic}/`,
        willDelay: 5,
        ...options,
      })
      if ('error' in joined) throw new Error(joined.error.message)
      return { tab, uid: joined.uid, id: (await own(tab)).tab }
    })
  },
  bob: async ({ broker, topic }, use) => {
    const { Webapp, load } = await import(`${dist}webapp.js`)
    await load({ WebSocket })
    const app = await Webapp.join(broker.url, { org: 'acme', user: 'bob', root: `${topic}/` })
    const changes: string[] = []
    app.presence.on(({ type }: { type: string }) => changes.push(type))
    const tabs = () => {
      const [ann] = [...app.presence.values()] as { tabs?: PresentTab[] }[]
      return ann && Object.fromEntries((ann.tabs ?? []).map(({ id, state }) => [id, state]))
    }
    await use({ tabs, changes })
    await app.leave()
  },
  records: async ({ broker, topic }, use) => {
    const { connect, load } = await import(`${dist}index.js`)
    await load({ WebSocket })
    const mq = await connect(broker.url)
    const records: Record[] = []
    const take = (message: { topic: string; json(): Record }) => {
      if (message.topic.includes(':ann:')) records.push(message.json())
    }
    await mq.subscribe(`${topic}/webapp/status/+`, { qos: 1 }, take).ready
    await use(records)
    await mq.disconnect()
  },
})

for (const way of ways) {
  const shared = { ...way, presence: 'each' }

  test(`tabs that share via a ${way.via} have a state each, which they and others see until it ends`, async ({ join, bob, records }) => {
    const [one, two, three] = [
      await join({ shared, state: { page: 1 } }),
      await join({ shared, state: { page: 2 }, watch: false }),
      await join({ shared, state: {} }),
    ]
    expect(new Set([one.uid, two.uid, three.uid]).size).toBe(1)
    expect(new Set([one.id, two.id, three.id]).size).toBe(3)
    for (const { id } of [one, two, three]) expect(id).toMatch(/^[a-z0-9]{8}$/)
    const first = { [one.id]: { page: 1 }, [two.id]: { page: 2 }, [three.id]: {} }
    for (const { tab } of [one, two, three]) await patient.poll(async () => (await own(tab)).told).toEqual(first)
    await patient.poll(bob.tabs).toEqual(first)
    expect(records.at(-1)).toMatchObject({ online: true, state: { page: 1 } })

    await two.tab.call('setState', { busy: true })
    const second = { ...first, [two.id]: { busy: true } }
    for (const { tab } of [one, two, three]) await patient.poll(async () => (await own(tab)).told).toEqual(second)
    expect(await Promise.all([one, two, three].map(async ({ tab }) => (await own(tab)).state))).toEqual([{ page: 1 }, { busy: true }, {}])
    await patient.poll(bob.tabs).toEqual(second)
    expect(records.at(-1)).toMatchObject({ online: true, state: { busy: true } })
    expect(records.at(-1)?.tabs?.map(({ id }) => id)).toEqual([one.id, two.id, three.id])

    // It has not the connection.
    await two.tab.crash()
    const third = { [one.id]: { page: 1 }, [three.id]: {} }
    await patient.poll(bob.tabs).toEqual(third)
    for (const { tab } of [one, three]) await patient.poll(async () => (await own(tab)).told).toEqual(third)
    expect(records.at(-1)).toMatchObject({ online: true, state: { page: 1 } })
    await two.tab.page.close()

    // What does not fit is refused, and what was said holds.
    await expect(three.tab.call('setState', 'x'.repeat(2500))).rejects.toThrow(/share a record of 4,096 bytes/)
    expect((await own(three.tab)).state).toEqual({})

    await one.tab.page.close()
    await patient.poll(bob.tabs).toEqual({ [three.id]: {} })
    await three.tab.call('leave')
    await patient.poll(bob.tabs).toBeUndefined()
    expect(bob.changes.filter((change) => change !== 'changed')).toEqual(['appeared', 'gone'])
    expect(records.at(-1)?.online).toBe(false)
  })

  test(`a page that joins twice, as in StrictMode, is one of the tabs that share via a ${way.via}`, async ({ open, topic, bob }) => {
    const tab = await open({ path: 'webapp.html' })
    const joined = await tab.page.evaluate(
      async ([url, options]) => {
        const file = '/dist/webapp.js'
        const { Webapp } = await import(file)
        const mounting = new AbortController()
        const first = Webapp.join(url, { ...options, signal: mounting.signal })
        const second = Webapp.join(url, options)
        mounting.abort()
        await first.catch(() => {})
        return (await second).tab as string
      },
      [tab.broker, { org: 'acme', user: 'ann', root: `${topic}/`, shared, state: 1 }] as const,
    )
    await patient.poll(bob.tabs).toEqual({ [joined]: 1 })
  })

  test(`tabs that share via a ${way.via} watch as long as one of them does`, async ({ join, bob }) => {
    const [one, two] = [await join({ shared: way, watch: false }), await join({ shared: way, watch: false })]
    await patient.poll(() => bob.changes.length).toBeGreaterThan(0)
    const present = (tab: Tab) => tab.call<string[]>('present')
    expect(await present(one.tab)).toEqual([])
    await one.tab.call('watch')
    await patient.poll(() => present(one.tab)).toHaveLength(1)
    await two.tab.call('watch', { user: 'bob' })
    await patient.poll(() => present(two.tab)).toHaveLength(1)
    await one.tab.call('unwatch')
    expect([await present(one.tab), (await present(two.tab)).length]).toEqual([[], 1])
    await one.tab.call('watch', { org: 'other' })
    await two.tab.call('unwatch')
    await two.tab.call('watch')
    await patient.poll(() => present(two.tab)).toHaveLength(1)
    expect(await present(one.tab)).toEqual([])
  })
}

for (const end of ['crashes', 'is closed'] as const)
  test(`where the leader ${end}, the others keep their names and states, and nobody sees the webapp gone`, async ({
    join,
    bob,
    records,
  }) => {
    const shared = { via: 'tab', presence: 'each' }
    const options = { shared, reconnect: { minDelay: 50, maxDelay: 500 } }
    const leader = await join({ ...options, state: 1 })
    const [two, three] = [await join({ ...options, state: 2 }), await join({ ...options, state: 3 })]
    await three.tab.call('setState', 'set')
    const all = { [leader.id]: 1, [two.id]: 2, [three.id]: 'set' }
    await patient.poll(bob.tabs).toEqual(all)
    const told = records.length

    if (end === 'crashes') await leader.tab.crash()
    else await leader.tab.page.close()
    const left = { [two.id]: 2, [three.id]: 'set' }
    await patient.poll(bob.tabs).toEqual(left)
    for (const { tab } of [two, three]) await patient.poll(async () => (await own(tab)).told).toEqual(left)
    await two.tab.call('setState', 'here')
    await patient.poll(bob.tabs).toEqual({ [two.id]: 'here', [three.id]: 'set' })
    for (const { id, tab } of [two, three]) expect((await own(tab)).tab).toBe(id)
    expect(bob.changes.filter((change) => change !== 'changed')).toEqual(['appeared'])
    // Not even the first record of the next leader lacks one of them.
    for (const { online, tabs = [] } of records.slice(told)) {
      expect(online).toBe(true)
      expect(tabs.map(({ id }) => id)).toEqual([two.id, three.id])
    }
    if (end === 'crashes') await leader.tab.page.close()
  })

test('where the SharedWorker dies, its tabs keep their names and states', async ({ join, bob, browser, site }) => {
  const shared = { via: 'worker', presence: 'each' }
  const [one, two] = [await join({ shared, state: 1 }), await join({ shared, state: 2 })]
  const all = { [one.id]: 1, [two.id]: 2 }
  await patient.poll(bob.tabs).toEqual(all)
  const devtools = await browser.newBrowserCDPSession()
  const { targetInfos } = await devtools.send('Target.getTargets')
  const worker = targetInfos.find(({ type, url }) => type === 'shared_worker' && url.startsWith(site.url))
  await devtools.send('Target.closeTarget', { targetId: worker?.targetId ?? '' })
  await two.tab.call('setState', 'afterwards')
  await patient.poll(bob.tabs).toEqual({ ...all, [two.id]: 'afterwards' })
  for (const { tab } of [one, two]) await patient.poll(async () => (await own(tab)).told).toEqual({ ...all, [two.id]: 'afterwards' })
  expect(bob.changes.filter((change) => change !== 'changed')).toEqual(['appeared'])
})

test('a tab that wants another presence than the others is told so', async ({ join }) => {
  await join({ shared: { presence: 'each' } })
  await expect(join({ shared: true })).rejects.toThrow(/The option presence differs/)
  await expect(join({ shared: { presence: 'echa' } })).rejects.toThrow(/shared.presence is one of group, each/)
})
