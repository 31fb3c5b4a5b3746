// A webapp whose connection is elsewhere: pages that do not read, and channels with nonsense.
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { manualChannel } from './support/connected.mjs'
import { importSource } from './support/sources.mjs'
import { bob, Scene } from './support/webapp-scene.mjs'

const { DirectChannel } = await importSource('remote/channels')

describe('a page that does not read', () => {
  it('is told how things stand once it does, and how many messages it lost', async () => {
    const scene = new Scene()
    /** @type {any[]} */
    const rows = []
    const channel = manualChannel(rows)
    scene.host.add(channel)
    const say = (/** @type {any[]} */ ...commands) => channel.say(...commands)
    const options = { root: 'app/', state: '{}', since: 1, willDelay: 5, renames: true, rollCall: 'auto' }
    const request = { uris: ['ws://a/'], clientId: 'acme:ann:ab12', user: {}, options: {}, common: {} }
    say(['attach', { tab: 't', lock: '', name: '' }], ['connect', { ...request, layer: { options, account: 'acme:ann' } }])
    say(['layer', ['watchPresence', '', '']])
    scene.accept()
    const { layer } = scene.client
    for (let count = 0; count < 100_010; count++) layer.onPeerMessage(bob, { bytes: new Uint8Array(0), contentType: '' })
    layer.onPresence(bob, '1', 1000)
    layer.onPresence(bob, '2', 1000)
    layer.onPresence('acme:eve:ef56', '1', 1000)
    layer.onPresence('acme:eve:ef56', undefined, 0)
    const told = () => rows.flatMap(([name, row]) => (name === 'layer' && row[0] === 'presence' ? [row] : []))
    assert.deepEqual(told(), [])
    say(['read', 100_000, 0])
    assert.deepEqual(told(), [
      ['presence', bob, '2', 1000],
      ['presence', 'acme:eve:ef56', undefined, 0],
    ])
    assert.deepEqual(
      rows.filter(([name]) => name === 'overflow'),
      [['overflow', 10]],
    )
  })
})

describe('a channel of a webapp', () => {
  it('into which others write nonsense goes on', async () => {
    const scene = new Scene()
    const { app } = await scene.joined()
    const [evil, there] = DirectChannel.pair()
    scene.host.add(there)
    const attachment = { tab: 'evil', lock: '', name: '' }
    evil.post({
      commands: [
        ['attach', attachment],
        ['connect', { common: {} }],
      ],
      bytes: undefined,
    })
    const names = ['request', 'grant', 'methods', 'respond', 'progress', 'state', 'room', 'devices', 'constructor', 'nonsense']
    for (const name of names)
      for (const given of [[], [null], [{}], [7, {}, []]]) evil.post({ commands: [['layer', [name, ...given]]], bytes: undefined })
    evil.post({ commands: [['layer'], ['layer', 7], ['goodbye']], bytes: undefined })
    const call = app.request('orders', 'create')
    scene.client.layer.onResult(scene.client.given('request').length, '1')
    assert.equal(await call, 1)
  })
})

describe('a page of a webapp', () => {
  it('to which others write nonsense goes on', async () => {
    const scene = new Scene()
    const { app, channel } = await scene.joined()
    app.on('error', () => {})
    const kinds = ['joinFailed', 'state', 'presence', 'device', 'result', 'failure', 'progress', 'request', 'ended', 'credit']
    const rows = [...kinds, 'roomMessage', 'error', '__proto__', 'nonsense'].flatMap((kind) => [[kind], [kind, 10 ** 9, {}]])
    const call = app.request('orders', 'create')
    for (const row of [undefined, null, 7, [], ...rows]) channel.post({ commands: [['layer', row]], bytes: undefined })
    scene.client.layer.onResult(1, '1')
    assert.equal(await call, 1)
    scene.client.layer.onPresence(bob, '1', 1000)
    assert.equal(app.presence.has(bob), true)
    assert.equal(app.state, 'connected')
  })
})
