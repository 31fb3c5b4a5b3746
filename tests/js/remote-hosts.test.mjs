// Pages that come to another channel or host: what they may not have heard, and what they repeat.
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { manualChannel, settled } from './support/connected.mjs'
import { Scene } from './support/host-scene.mjs'
import { importSource } from './support/sources.mjs'

const { commonOptions } = await importSource('remote/common')
const { Link } = await importSource('remote/link')

describe('pages that come to another host', () => {
  it('are told again what a former channel may have lost, until they confirm it', async () => {
    const scene = new Scene()
    // The connection goes on.
    await scene.connected()
    const begin = (/** @type {any[]} */ ...commands) => {
      /** @type {any[]} */
      const told = []
      const channel = { ...manualChannel(told), isDirect: false }
      scene.host.add(channel)
      const request = { uris: [], clientId: '', user: {}, options: {}, common: commonOptions(['ws://broker.test/'], {}) }
      channel.say(['attach', { tab: 't', lock: 'l', name: '' }], ['connect', request], ...commands, ['heard', 0])
      return { channel, told }
    }
    const publish = (/** @type {number} */ operation) => ['publish', operation, 'a', String(operation), { qos: 2 }]
    begin(publish(1))
    scene.client.acknowledge(1)
    const { channel, told } = begin(publish(1), publish(2))
    scene.client.acknowledge(2)
    await settled()
    assert.deepEqual(
      told.filter(([name]) => name === 'published').map(([, operation]) => operation),
      [1, 2],
    )
    assert.deepEqual(
      scene.client.publishes.map(({ payload }) => payload),
      ['1', '2'],
    )
    channel.say(['heard', 1])
    begin(publish(1), publish(2))
    assert.deepEqual(
      scene.client.publishes.map(({ payload }) => payload),
      ['1', '2', '1'],
    )
  })

  it('confirm what they hear of their messages, some at once', () => {
    /** @type {any[]} */
    const said = []
    const channel = manualChannel(said)
    const link = new Link({ common: {}, user: {}, survives: true, onLeave: async () => {} })
    link.use(channel, { tab: 't', lock: 'l', name: '' })
    for (let operation = 1; operation < 70; operation++)
      channel.say(operation % 2 === 0 ? ['published', operation, 0, {}] : ['publishFailed', operation, 'expired'])
    assert.deepEqual(
      said.filter(([name]) => name === 'heard'),
      [
        ['heard', 0],
        ['heard', 32],
        ['heard', 32],
      ],
    )
  })

  it('repeat at the next host what the former did not confirm, in its order', async () => {
    const scene = new Scene()
    const { mq, link, attach } = await scene.connected()
    const subscription = mq.subscribe('a', { qos: 1 })
    scene.client.grant(0, [1])
    await settled()
    const results = ['1', '2', '3'].map((text, index) => mq.publish('x', text, { qos: index === 1 ? 2 : 1 }))
    scene.client.acknowledge(scene.client.publishes[0]?.operation ?? 0)
    await results[0]
    scene.host.abandon()
    link.lost(new Error('The tab is gone.'), false)
    assert.equal(mq.state, 'reconnecting')
    // Without a connection it waits, whatever its QoS.
    void mq.publish('x', '4')
    const next = scene.newHost()
    attach(next)
    await settled()
    assert.equal(scene.module.clients.length, 2)
    scene.client.accept()
    assert.deepEqual(
      scene.client.publishes.map(({ payload }) => payload),
      ['2', '3', '4'],
    )
    assert.equal(scene.client.subscribes[0]?.filters[0].topicFilter, 'a')
    for (const { operation } of scene.client.publishes) if (operation > 0) scene.client.acknowledge(operation)
    await Promise.all(results)
    assert.equal(mq.state, 'connected')
    assert.equal(subscription.active, true)
    assert.deepEqual(mq.backlog, { messages: 0, bytes: 0 })
  })

  /** Two pages, and the host that comes after, which waits for more. */
  async function moving() {
    const scene = new Scene()
    const pages = [await scene.connected(), await scene.connected()]
    await scene.host.abandon()
    for (const { link } of pages) link.lost(new Error('The tab is gone.'), false)
    let begin = () => {}
    const next = scene.newHost({ gather: () => /** @type {Promise<void>} */ (new Promise((resolve) => (begin = resolve))) })
    for (const { attach } of pages) attach(next)
    return { scene, pages, next, begin }
  }

  it('lose nothing that one publishes in the moment in which the connection is prepared', async () => {
    const { scene, pages, begin } = await moving()
    const { Client } = scene.module
    scene.module.Client = class extends Client {
      /** @param {[any, any]} given */
      constructor(...given) {
        super(...given)
        // What waits for anything else of the page may go on before the second one is there.
        queueMicrotask(() => void pages[1]?.mq.publish('x', '1', { qos: 1 }))
      }
    }
    begin()
    await settled()
    scene.client.accept()
    assert.deepEqual(
      scene.client.publishes.map(({ payload }) => payload),
      ['1'],
    )
  })

  it('are not served by a host that was given up while it prepared the connection', async () => {
    const { scene, next, begin } = await moving()
    await next.abandon()
    begin()
    await settled()
    assert.equal(scene.module.clients.length, 1)
  })
})
