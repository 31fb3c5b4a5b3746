// Presence that is watched by need: by one webapp, and by pages that share a connection.
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { settled } from './support/connected.mjs'
import { joined, moduleError } from './support/fake-layer.mjs'
import { bob, Scene } from './support/webapp-scene.mjs'

const eve = 'other:eve:ef56'

/** All that a page is told of presence. @param {{ app: any }} page */
function noted({ app }) {
  /** @type {string[]} */
  const changes = []
  app.presence.on((/** @type {any} */ { type, key }) => changes.push(`${type} ${key}`))
  return changes
}

describe('a webapp that watches nobody', () => {
  it('watches from when it asks to, until it does not want to', async () => {
    const page = await joined({ watch: false })
    const { app, client } = page
    const changes = noted(page)
    client.layer.onPresence(bob, '1', 1000)
    assert.equal(app.presence.size, 0, 'nobody asked')
    app.presence.watch()
    client.layer.onPresence(bob, '1', 1000)
    assert.equal(app.presence.size, 1)
    app.presence.unwatch()
    assert.equal(app.presence.size, 0)
    client.layer.onPresence(bob, '2', 1000)
    client.layer.onPresence(bob, undefined, 0)
    app.presence.unwatch()
    app.presence.watch({ org: 'acme' })
    client.layer.onPresence(bob, '3', 1000)
    assert.deepEqual(changes, [`appeared ${bob}`, `gone ${bob}`, `appeared ${bob}`])
    assert.deepEqual(client.given('watchPresence'), [
      ['', ''],
      ['acme', ''],
    ])
    assert.deepEqual(client.given('unwatchPresence'), [[]])
  })

  it('keeps those that it goes on to watch', async () => {
    const page = await joined()
    const { app, client } = page
    client.layer.onPresence(bob, '1', 1000)
    client.layer.onPresence(eve, '1', 1000)
    const changes = noted(page)
    app.presence.watch({ user: 'bob' })
    assert.deepEqual([...app.presence.keys()], [bob])
    client.layer.onPresence(eve, '2', 1000)
    assert.deepEqual(changes, [`gone ${eve}`])
  })

  it('is told what is wrong, and watches whom it did', async () => {
    const { app, client } = await joined({ watch: { user: 'bob' } })
    assert.throws(() => app.presence.watch({ organisation: 'acme' }), { name: 'InvalidArgumentError', message: /no option organisation/ })
    assert.throws(() => app.presence.watch({ org: 1 }), { name: 'InvalidArgumentError' })
    client.throwNext = moduleError('invalid_name')
    assert.throws(() => app.presence.watch({ org: 'a/b' }), { name: 'InvalidNameError', code: 'invalid_name' })
    client.layer.onPresence(bob, '1', 1000)
    client.layer.onPresence(eve, '1', 1000)
    assert.deepEqual([...app.presence.keys()], [bob])
  })

  it('may stop after it has left, and not begin', async () => {
    const { app, client } = await joined()
    client.layer.onPresence(bob, '1', 1000)
    await app.leave({ signal: AbortSignal.abort() })
    app.presence.unwatch()
    assert.throws(() => app.presence.watch(), { code: 'closed' })
    assert.throws(() => app.presence.setState(1), { code: 'closed' })
    assert.equal(app.presence.size, 1, 'as it was')
  })
})

describe('pages that share a connection', () => {
  it('watch as long as one of them does', async () => {
    const scene = new Scene()
    const [one, other] = [await scene.joined({ watch: false }), await scene.joined({ watch: false })]
    const watched = () => [scene.client.given('watchPresence').length, scene.client.given('unwatchPresence').length]
    assert.deepEqual(watched(), [0, 0])
    one.app.presence.watch()
    other.app.presence.watch()
    scene.client.layer.onPresence(bob, '1', 1000)
    assert.deepEqual([one.app.presence.size, other.app.presence.size, ...watched()], [1, 1, 1, 0])
    one.app.presence.unwatch()
    scene.client.layer.onPresence(eve, '1', 1000)
    await settled()
    assert.deepEqual([one.app.presence.size, other.app.presence.size, ...watched()], [0, 2, 1, 0])
    one.app.presence.watch()
    await settled()
    assert.deepEqual([one.app.presence.size, ...watched()], [2, 1, 0])
    one.app.presence.unwatch()
    other.vanish()
    assert.deepEqual(watched(), [1, 1])
    // The module says so of all.
    for (const uid of [bob, eve]) scene.client.layer.onPresence(uid, undefined, 0)
    one.app.presence.watch()
    await settled()
    assert.deepEqual([one.app.presence.size, ...watched()], [0, 2, 1])
  })

  it('watch whom they want, and the module the least that has them all', async () => {
    const scene = new Scene()
    const one = await scene.joined({ watch: { org: 'acme', user: 'bob' } })
    const other = await scene.joined({ watch: { org: 'acme' } })
    const third = await scene.joined({ watch: { org: 'other' } })
    for (const uid of [bob, 'acme:cyd:0000', eve]) scene.client.layer.onPresence(uid, '1', 1000)
    await settled()
    const seen = () => [one, other, third].map(({ app }) => [...app.presence.keys()])
    assert.deepEqual(seen(), [[bob], [bob, 'acme:cyd:0000'], [eve]])
    const changes = noted(other)
    other.app.presence.watch({ user: 'bob' })
    third.app.presence.unwatch()
    await settled()
    assert.deepEqual(seen(), [[bob], [bob], []])
    assert.deepEqual(changes, ['gone acme:cyd:0000'])
    other.vanish()
    const wide = ['', '']
    assert.deepEqual(scene.client.given('watchPresence'), [['acme', 'bob'], ['acme', ''], wide, ['', 'bob'], ['acme', 'bob']])
  })

  it('have no ghosts, however quickly one of them stops and begins', async () => {
    const scene = new Scene()
    const [one, other] = [await scene.joined(), await scene.joined()]
    scene.client.layer.onPresence(bob, '1', 1000)
    await settled()
    one.app.presence.unwatch()
    one.app.presence.watch()
    scene.client.layer.onPresence(bob, undefined, 0)
    await settled()
    assert.deepEqual([one.app.presence.size, other.app.presence.size], [0, 0])
  })

  it('watch at the next host what they did, and nobody else', async () => {
    const scene = new Scene()
    const [one, other] = [await scene.joined(), await scene.joined()]
    const [changes, others] = [noted(one), noted(other)]
    scene.client.layer.onPresence(bob, '1', 1000)
    await settled()
    const next = await scene.follow(one, other)
    other.app.presence.unwatch()
    await next()
    scene.accept()
    assert.deepEqual(scene.client.given('watchPresence'), [['', '']])
    scene.client.layer.onPresence(bob, '1', 1000)
    await settled()
    other.app.presence.watch()
    await settled()
    assert.deepEqual([one.app.presence.size, other.app.presence.size], [1, 1])
    assert.deepEqual(changes, [`appeared ${bob}`])
    assert.deepEqual(others, [`appeared ${bob}`, `gone ${bob}`, `appeared ${bob}`])
  })
})
