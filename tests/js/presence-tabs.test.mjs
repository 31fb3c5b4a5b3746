// Pages that share a connection and have a state each: its host and the pages, without a browser; and what others see of them.
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { settled, until } from './support/connected.mjs'
import { joined } from './support/fake-layer.mjs'
import { bob, Scene } from './support/webapp-scene.mjs'

/** What the module was told last: the state of all, and each tab's. @param {Scene} scene */
function record({ client }) {
  const [state, tabs] = client.given('setState').at(-1) ?? [client.joinOptions.state, client.joinOptions.tabs]
  return { state: JSON.parse(state), tabs: JSON.parse(tabs).map((/** @type {any} */ { id, state }) => [id, state]) }
}
/** What a page sees of all. @param {{ app: any }} page */
const seen = ({ app }) => [...app.presence.tabs.values()].map(({ id, state }) => [id, state])
/** So that what one sets next is later than what another has set. */
function nextMillisecond() {
  const now = Date.now()
  return until(() => Date.now() > now)
}
/** Those who leave the record do so a moment later. @param {Scene} scene @param {number} count */
const untilTabs = (scene, count) => until(() => record(scene).tabs.length === count)

describe('pages with a state each', () => {
  it('are all told in one record, and to one another', async () => {
    const scene = new Scene()
    const one = await scene.joined({ state: { page: 1 } }, 'tab1')
    assert.deepEqual(record(scene), { state: { page: 1 }, tabs: [['tab1', { page: 1 }]] })
    assert.deepEqual(seen(one), [['tab1', { page: 1 }]])
    const other = await scene.joined({ state: { page: 2 } }, 'tab2')
    assert.equal(scene.clients.length, 1)
    const both = [
      ['tab1', { page: 1 }],
      ['tab2', { page: 2 }],
    ]
    await settled()
    assert.deepEqual(record(scene), { state: { page: 1 }, tabs: both }, 'to come is not to set')
    for (const page of [one, other]) assert.deepEqual(seen(page), both)
    assert.deepEqual([one.app.presence.state, other.app.presence.state], [{ page: 1 }, { page: 2 }])

    /** @type {string[]} */
    const changes = []
    one.app.presence.tabs.on((/** @type {any} */ { type, key }) => changes.push(`${type} ${key}`))
    other.app.presence.setState({ busy: true })
    assert.deepEqual([one.app.presence.state, other.app.presence.state], [{ page: 1 }, { busy: true }])
    await settled()
    assert.deepEqual(record(scene).state, { busy: true }, 'that of the one that set it last')
    other.vanish()
    await untilTabs(scene, 1)
    assert.deepEqual(record(scene), { state: { page: 1 }, tabs: [['tab1', { page: 1 }]] })
    assert.deepEqual(changes, ['changed tab2', 'gone tab2'])
    assert.ok(one.app.presence.tabs.get('tab1').since instanceof Date)
  })

  it('that come before there is a connection are in the first record', async () => {
    const scene = new Scene()
    const pages = [scene.page({ state: 1 }, 'tab1'), scene.page({ state: 2 }, 'tab2')]
    await until(() => scene.clients.length > 0)
    await settled()
    assert.equal(record(scene).tabs.length, 2)
    const told = scene.client.given('setState').length
    scene.accept()
    await Promise.all(pages.map(({ joining }) => joining))
    assert.equal(scene.client.given('setState').length, told)
  })

  it('cost one record for all that a task says, and the last of it counts', async () => {
    const scene = new Scene()
    /** @type {(() => void)[]} */
    const due = []
    scene.module.setTimer = (/** @type {() => void} */ act) => due.push(act)
    const pages = []
    for (let number = 1; number <= 20; number++) pages.push(await scene.joined({ state: 0 }, `tab${number}`))
    await settled()
    const told = scene.client.given('setState').length
    for (let state = 1; state <= 3; state++) for (const { app } of pages) app.presence.setState(state)
    await settled()
    assert.equal(scene.client.given('setState').length, told + 1)
    assert.deepEqual(new Set(record(scene).tabs.map(([, state]) => state)), new Set([3]))
    for (const { vanish } of pages.slice(1)) {
      vanish()
      await settled()
    }
    assert.deepEqual([due.length, scene.client.given('setState').length], [1, told + 1])
    due.pop()?.()
    assert.equal(scene.client.given('setState').length, told + 2, 'nineteen closed together')
    assert.equal(record(scene).tabs.length, 1)
    // The connection ends with the last one, whose time is over after that.
    pages[0]?.vanish()
    await settled()
    due.pop()?.()
    assert.equal(scene.client.given('setState').length, told + 2)
  })

  it('keep their names and states at the next host', async () => {
    const scene = new Scene()
    const [one, other] = [await scene.joined({ state: 1 }, 'tab1'), await scene.joined({ state: 2 }, 'tab2')]
    other.app.presence.setState({ later: true })
    await settled()
    const before = scene.client.given('setState').at(-1)
    const { since } = scene.client.joinOptions
    await (
      await scene.follow(other, one)
    )()
    scene.accept()
    await settled()
    assert.deepEqual(scene.client.given('setState').at(-1), before, 'to the last byte, so that nobody sees a change')
    assert.equal(scene.client.joinOptions.since, since)
    for (const page of [one, other]) assert.equal(seen(page).length, 2)
  })

  it('that are frozen are not told of, and have their names again', async () => {
    const scene = new Scene()
    const [one, other] = [await scene.joined({ state: 1 }, 'tab1'), await scene.joined({ state: 2 }, 'tab2')]
    other.vanish()
    other.link.lost(new Error('The page was frozen.'), false)
    await untilTabs(scene, 1)
    assert.deepEqual(seen(one), [['tab1', 1]])
    other.app.presence.setState('while it was frozen')
    other.attach(scene.host, 'again')
    await settled()
    assert.deepEqual(record(scene).tabs, [
      ['tab1', 1],
      ['tab2', 'while it was frozen'],
    ])
  })

  it('are one webapp to a page that wants a state of all: they do not share', async () => {
    const scene = new Scene()
    await scene.joined({}, 'tab1')
    await assert.rejects(scene.page().joining, { name: 'InvalidArgumentError', message: /The option presence differs/ })
  })
})

describe('pages with a state each, and the bound of their record', () => {
  const size = (/** @type {number} */ bytes) => 'x'.repeat(bytes)

  it('are refused at once what does not fit beside the others', async () => {
    const scene = new Scene()
    const one = await scene.joined({ state: size(1500) }, 'tab1')
    const other = await scene.joined({ state: '' }, 'tab2')
    await settled()
    for (const bytes of [5000, 1300])
      assert.throws(() => other.app.presence.setState(size(bytes)), {
        name: 'MqttError',
        code: 'packet_too_large',
        message: /the tabs of a webapp share a record of 4,096 bytes/,
      })
    assert.equal(other.app.presence.state, '')
    assert.deepEqual(record(scene).tabs[1], ['tab2', ''])
    await assert.rejects(scene.page({ state: size(4100) }, 'tab3').joining, { code: 'packet_too_large' })
    one.app.presence.setState('')
    await settled()
    other.app.presence.setState(size(1800))
    await settled()
    assert.equal(record(scene).tabs[1][1].length, 1800)
  })

  it('of two that say too much at the same time, one keeps its former state, and hears of it', async () => {
    const scene = new Scene()
    const [one, other] = [await scene.joined({ state: 1 }, 'tab1'), await scene.joined({ state: 2 }, 'tab2')]
    await settled()
    /** @type {any[]} */
    const errors = []
    for (const { app } of [one, other]) app.on('error', (/** @type {any} */ error) => errors.push([app === other.app, error.code]))
    // Neither has heard of the other's.
    one.app.presence.setState(size(1300))
    other.app.presence.setState(size(1400))
    assert.equal(other.app.presence.state.length, 1400)
    await settled()
    assert.deepEqual(errors, [[true, 'packet_too_large']])
    assert.equal(other.app.presence.state, 2)
    assert.deepEqual(record(scene).tabs[1], ['tab2', 2])
    await nextMillisecond()
    other.app.presence.setState(3)
    await settled()
    assert.deepEqual([record(scene).state, other.app.presence.state], [3, 3])
  })

  it('that come when there is no room work, and are told of once there is', async () => {
    const scene = new Scene()
    const one = await scene.joined({ state: size(1900) }, 'tab1')
    /** @type {any[]} */
    const errors = []
    const late = await scene.page({ state: size(1000) }, 'tab2').joining
    late.on('error', (/** @type {any} */ error) => errors.push(error))
    await until(() => errors.length > 0)
    assert.deepEqual(
      record(scene).tabs.map(([id]) => id),
      ['tab1'],
    )
    assert.deepEqual(
      errors.map(({ code, message }) => [code, /not shown to others until there is room/.test(message)]),
      [['packet_too_large', true]],
    )
    one.app.presence.setState('short')
    await settled()
    assert.deepEqual(
      record(scene).tabs.map(([id]) => id),
      ['tab1', 'tab2'],
    )
    assert.equal(late.presence.state.length, 1000)
  })
})

describe('what others see of tabs', () => {
  const tabs = (/** @type {unknown} */ list) => JSON.stringify(list)

  it('is a list beside the state, of those that are sound', async () => {
    const { app, client } = await joined()
    client.layer.onPresence(bob, '1', 1000)
    assert.equal('tabs' in app.presence.get(bob), false)
    const odd = [null, 1, 'k3x9', [], {}, { id: 7 }, { id: 'abc' }, { id: 'K3X9' }, { id: 'a'.repeat(17) }]
    const sound = [{ id: 'k3x9', since: 5, state: { a: 1 } }, { id: 'p0q1' }, { id: 'k3x9', state: 2 }, { id: 'q0q1', since: 'x' }]
    client.layer.onPresence(bob, '1', 1000, tabs([...odd, ...sound]))
    assert.deepEqual(app.presence.get(bob).tabs, [
      { id: 'k3x9', since: new Date(5), state: { a: 1 } },
      { id: 'p0q1', since: new Date(0), state: null },
      { id: 'q0q1', since: new Date(0), state: null },
    ])
    client.layer.onPresence(bob, '1', 1000, '[]')
    assert.deepEqual(app.presence.get(bob).tabs, [])
    client.layer.onPresence(bob, '1', 1000, undefined)
    assert.equal(app.presence.get(bob).tabs, undefined)
    assert.deepEqual([app.tab, app.presence.tabs.size], [undefined, 0])
  })

  it('comes to pages that share a connection, too', async () => {
    const scene = new Scene()
    const one = await scene.joined()
    scene.client.layer.onPresence(bob, '1', 1000, tabs([{ id: 'k3x9', since: 5, state: 1 }]))
    const late = await scene.joined()
    for (const { app } of [one, late]) assert.deepEqual(app.presence.get(bob).tabs, [{ id: 'k3x9', since: new Date(5), state: 1 }])
    assert.equal(scene.client.joinOptions.tabs, undefined)
    assert.deepEqual(scene.client.given('setState'), [], 'one webapp says nothing of tabs')
  })
})
