// What is there again at the next host of a webapp, and after a freeze.
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { settled } from './support/connected.mjs'
import { bob, Scene } from './support/webapp-scene.mjs'

describe('at the next host', () => {
  it('all that pages had is there again', async () => {
    const scene = new Scene()
    const [one, other] = [await scene.joined({ state: 1 }), await scene.joined()]
    one.app.room('lobby')
    other.app.room('lobby')
    other.app.expose({ work: () => 'done' })
    one.app.devices(['SN-1'])
    void other.app.services
    one.app.presence.setState(2)
    const { since } = scene.client.joinOptions
    await (
      await scene.follow(one, other)
    )()
    assert.equal(scene.client.clientId, 'acme:ann:ab01')
    assert.deepEqual([scene.client.joinOptions.state, scene.client.joinOptions.since], ['2', since])
    scene.accept()
    const { client } = scene
    assert.deepEqual(
      ['joinRoom', 'watchPresence', 'watchDevices', 'discover', 'expose'].map((name) => client.given(name)),
      [[['lobby']], [['', '']], [[['SN-1']]], [['']], [[true]]],
    )
    scene.ask(1, 'work')
    await settled()
    assert.deepEqual(client.given('respond'), [[1, '"done"']])
    assert.deepEqual([one.app.state, other.app.state, one.app.uid], ['connected', 'connected', 'acme:ann:ab01'])
  })

  it('a request that may have left fails, and one that waited for a connection is sent with the rest of its time', async () => {
    const scene = new Scene()
    const page = await scene.joined()
    const sent = page.app.request('orders', 'create')
    const follow = await scene.follow(page)
    await assert.rejects(sent, { name: 'RequestError', code: 'session_lost', message: /Send it again/ })
    const waiting = page.app.request('orders', 'create', { item: 7 }, { timeout: 5000 })
    await follow()
    scene.accept()
    const [[request] = []] = scene.client.given('request')
    assert.deepEqual([request.method, request.params], ['create', '{"item":7}'])
    assert.ok(request.timeout <= 5000 && request.timeout > 0)
    scene.client.layer.onResult(1, '1')
    assert.equal(await waiting, 1)
  })

  it('or where none follows, a request ends in its time', async () => {
    const scene = new Scene()
    const page = await scene.joined()
    await scene.follow(page)
    await assert.rejects(page.app.request('orders', 'create', {}, { timeout: 1 }), { code: 'not_connected' })
  })

  it('messages that nobody has acknowledged are sent again', async () => {
    const scene = new Scene()
    const page = await scene.joined()
    page.app.room('lobby').send('one')
    scene.client.acknowledge(scene.client.publishes[0]?.operation ?? 0)
    page.app.room('lobby').send('two')
    const follow = await scene.follow(page)
    page.app.peer(bob).notify('poke')
    await follow()
    scene.accept()
    assert.deepEqual(
      scene.client.publishes.map(({ topic }) => topic),
      ['app/webapp/room/lobby/acme:ann:ab01', `app/webapp/peer/${bob}/acme:ann:ab01`],
    )
  })

  it('what a page works on is stopped, and its numbers are not mistaken for those of the next', async () => {
    const scene = new Scene()
    const page = await scene.joined()
    /** @type {((value: unknown) => void)[]} */
    const answers = []
    /** @type {AbortSignal[]} */
    const signals = []
    page.app.expose({
      work: (/** @type {unknown} */ _, /** @type {any} */ { signal }) => {
        signals.push(signal)
        return new Promise((resolve) => answers.push(resolve))
      },
    })
    scene.ask(1, 'work')
    await settled()
    await (
      await scene.follow(page)
    )()
    scene.accept()
    assert.equal(signals[0]?.aborted, true)
    scene.ask(1, 'work')
    await settled()
    answers[0]?.('of the former')
    answers[1]?.('of this')
    await settled()
    assert.deepEqual(scene.client.given('respond'), [[1, '"of this"']])
  })

  it('who is still there does not change, and who is not is gone after a while', async (test) => {
    const scene = new Scene()
    const page = await scene.joined()
    /** @type {string[]} */
    const changes = []
    page.app.presence.on((/** @type {any} */ { type, key }) => changes.push(`${type} ${key}`))
    const others = ['acme:a:aaaa', 'acme:b:bbbb', 'acme:c:cccc']
    for (const uid of others) scene.client.layer.onPresence(uid, '1', 1000)
    changes.length = 0
    const follow = await scene.follow(page)
    await follow()
    test.mock.timers.enable({ apis: ['setTimeout'] })
    scene.accept()
    scene.client.layer.onPresence('acme:a:aaaa', '1', 1000)
    scene.client.layer.onPresence('acme:b:bbbb', '2', 1000)
    assert.deepEqual(changes, ['changed acme:b:bbbb'])
    test.mock.timers.tick(4999)
    assert.equal(page.app.presence.size, 3)
    test.mock.timers.tick(1)
    assert.deepEqual(changes, ['changed acme:b:bbbb', 'gone acme:c:cccc'])
  })

  it('a page that was leaving is through', async () => {
    const scene = new Scene()
    const [one, other] = [await scene.joined(), await scene.joined()]
    one.link.sender.close() // the host never hears of it
    const left = one.app.leave()
    await (
      await scene.follow(one, other)
    )()
    assert.equal((await left).error, undefined)
    scene.accept()
    assert.equal(other.app.state, 'connected')
  })
})

describe('a page that was frozen', () => {
  it('is part of its webapp again, and its calls are with others meanwhile', async () => {
    const scene = new Scene()
    const [one, other] = [await scene.joined(), await scene.joined()]
    for (const { app } of [other, one]) app.expose({ work: () => new Promise(() => {}) })
    one.app.room('lobby')
    scene.ask(1, 'work')
    const call = one.app.request('orders', 'create')
    one.vanish()
    one.link.lost(new Error('The page was frozen.'), false)
    await assert.rejects(call, { code: 'session_lost' })
    scene.client.layer.onPresence(bob, '1', 1000)
    one.attach(scene.host, 'page 1 again')
    await settled()
    assert.equal(one.app.state, 'connected')
    assert.equal(one.app.presence.size, 1)
    assert.deepEqual(scene.client.given('joinRoom'), [['lobby'], ['lobby']])
    assert.equal(scene.clients.length, 1)
  })
})
