// A webapp whose connection is elsewhere: the host of its layer and the pages that are it, without a browser.
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { manualChannel, settled, until } from './support/connected.mjs'
import { FakeWebappClient, moduleError } from './support/fake-layer.mjs'
import { fakeModule } from './support/fake-module.mjs'
import { importSource } from './support/sources.mjs'

const { DirectChannel } = await importSource('remote/channels')
const { Host } = await importSource('remote/host')
const { Link } = await importSource('remote/link')
const { moduleOf } = await importSource('remote/open-remote')
const { createLayer } = await importSource('remote/webapp/layer-host')
const { PortWebappClient } = await importSource('remote/webapp/port-webapp-client')
const { joinWith } = await importSource('webapp/join')

const bob = 'acme:bob:cd34'
const json = (/** @type {unknown} */ value) => JSON.stringify(value)
const body = (/** @type {unknown} */ value) => ({ bytes: new TextEncoder().encode(json(value)), contentType: 'application/json' })

/** A host with a stand-in for the module with messaging, and pages that come and go. */
class Scene {
  /** @type {FakeWebappClient[]} */
  clients = []
  /** By the name of the lock: what is called once it is free. @type {Map<string, () => void>} */
  locks = new Map()
  #pages = 0

  constructor() {
    const { clients } = this
    this.module = {
      ...fakeModule(),
      Client: class extends FakeWebappClient {
        /** @param {string} uri @param {string} clientId */
        constructor(uri, clientId) {
          super(uri, clientId)
          clients.push(this)
        }
      },
    }
    this.host = this.newHost()
  }

  newHost() {
    const whenReleased = (/** @type {string} */ lock, /** @type {() => void} */ call) => this.locks.set(lock, call)
    return new Host(this.module, { isShared: true, createLayer, whenReleased })
  }

  get client() {
    return /** @type {FakeWebappClient} */ (this.clients.at(-1))
  }

  /** @param {any} [options] of join() */
  page(options = {}) {
    const name = `page ${++this.#pages}`
    const link = new Link({ common: {}, user: {}, survives: true, onLeave: async () => {} })
    const attach = (host = this.host, lock = name) => {
      const [here, there] = DirectChannel.pair()
      host.add(there)
      link.use(here, { tab: name, lock, name: '' })
      return there
    }
    const channel = attach()
    const given = { org: 'acme', user: 'ann', rand: `ab0${this.#pages}`, ...options }
    const joining = joinWith(() => moduleOf(link, undefined, PortWebappClient), 'ws://broker.test/', given)
    joining.catch(() => {})
    return { link, attach, channel, joining, vanish: () => this.locks.get(name)?.() }
  }

  /** @param {any} [options] of join() */
  async joined(options) {
    const page = this.page(options)
    await until(() => this.clients.length > 0)
    await settled()
    if (!this.client.connected) this.accept()
    return { ...page, app: await page.joining }
  }

  accept() {
    this.client.accept()
    this.client.layer.onJoined()
  }

  /** Another host follows, to which these pages attach. @param {{ link: any, attach: (host: any) => unknown }[]} pages */
  async follow(...pages) {
    const hosts = this.clients.length
    this.host.abandon()
    for (const { link } of pages) link.lost(new Error('The tab is gone.'), false)
    return async () => {
      this.host = this.newHost()
      for (const { attach } of pages) attach(this.host)
      await until(() => this.clients.length > hosts)
      await settled()
    }
  }

  /** Of a peer. @param {number} call @param {string} method @param {object} [more] */
  ask(call, method, more = {}) {
    this.client.layer.onRequest({ call, from: bob, method, params: undefined, isNotification: false, ...more })
  }
}

describe('pages that are one webapp', () => {
  it('have one connection, one uid and one state', async () => {
    const scene = new Scene()
    const one = await scene.joined({ state: { page: 1 } })
    const other = await scene.joined({ state: { page: 2 } })
    assert.equal(scene.clients.length, 1)
    assert.deepEqual([one.app.uid, other.app.uid], ['acme:ann:ab01', 'acme:ann:ab01'])
    assert.deepEqual(other.app.presence.state, { page: 1 })
    other.app.presence.setState({ busy: true })
    assert.deepEqual(scene.client.given('setState'), [['{"busy":true}']])
    assert.deepEqual(one.app.presence.state, { busy: true })
    assert.deepEqual((await scene.joined()).app.presence.state, { busy: true })
  })

  it('are renamed together', async () => {
    const scene = new Scene()
    const [one, other] = [await scene.joined(), await scene.joined()]
    /** @type {any[]} */
    const told = []
    for (const { app } of [one, other]) app.on('identity', (/** @type {any} */ event) => told.push(event))
    scene.client.layer.onRenamed('acme:ann:zzzz9999')
    const renaming = { uid: 'acme:ann:zzzz9999', former: 'acme:ann:ab01' }
    assert.deepEqual(told, [renaming, renaming])
    one.app.peer(bob).send('hello')
    assert.equal(scene.client.publishes.at(-1)?.topic, `app/webapp/peer/${bob}/acme:ann:zzzz9999`)
  })

  it('all fail where the broker does not let them join', async () => {
    const scene = new Scene()
    const pages = [scene.page(), scene.page()]
    await until(() => scene.clients.length > 0)
    await settled()
    scene.client.accept()
    scene.client.layer.onJoinFailed('refused', 'The broker refused it', 0x87)
    for (const { joining } of pages) await assert.rejects(joining, { code: 'subscribe_refused', message: /0x87/ })
  })

  it('hear of presence, services and devices, what came before they did included', async () => {
    const scene = new Scene()
    const one = await scene.joined()
    void one.app.services
    const all = one.app.devices(['SN-1', 'SN-2'])
    scene.client.layer.onPresence(bob, '{"name":"Bob"}', 1000)
    scene.client.layer.onService('demo', 'a1', '{"version":"1"}')
    scene.client.layer.onDevice('SN-1', '{"online":true}')
    const late = await scene.joined()
    assert.deepEqual(late.app.presence.get(bob)?.state, { name: 'Bob' })
    const { services } = late.app
    const some = late.app.devices(['SN-1', 'SN-3'])
    await settled()
    assert.deepEqual(services.names, ['demo'])
    assert.equal(some.get('SN-1')?.online, true)
    assert.deepEqual(scene.client.given('watchDevices').at(-1), [['SN-1', 'SN-2', 'SN-3']])
    assert.deepEqual([scene.client.given('watchPresence').length, scene.client.given('discover').length], [1, 1])
    scene.client.layer.onDevice('SN-3', '{"online":true}')
    scene.client.layer.onPresence(bob, undefined, 0)
    assert.deepEqual([all.has('SN-3'), some.has('SN-3'), one.app.presence.size, late.app.presence.size], [false, true, 0, 0])
    // The union becomes smaller with each that goes.
    one.vanish()
    assert.deepEqual(scene.client.given('watchDevices').at(-1), [['SN-1', 'SN-3']])
    some.close()
    assert.equal(scene.client.given('unwatchDevices').length, 1)
    // What nobody watches is not known any more.
    const again = late.app.devices(['SN-1'])
    await settled()
    assert.equal(again.size, 0)
  })

  it('are in a room until the last has left it; messages of peers are for all', async () => {
    const scene = new Scene()
    const [one, other] = [await scene.joined(), await scene.joined()]
    /** @type {unknown[]} */
    const heard = []
    const note =
      (/** @type {string} */ who) =>
      (/** @type {any} */ { data }) =>
        heard.push(`${who} ${data}`)
    one.app.room('lobby').on(note('one'))
    other.app.room('lobby').on(note('other'))
    for (const { app } of [one, other]) app.on('message', (/** @type {any} */ { data }) => heard.push(data))
    assert.deepEqual(scene.client.given('joinRoom'), [['lobby']])
    scene.client.layer.onRoomMessage('lobby', bob, body('hello'))
    scene.client.layer.onPeerMessage(bob, body('to all'))
    assert.deepEqual(heard, ['one hello', 'other hello', 'to all', 'to all'])
    one.app.room('lobby').leave()
    assert.deepEqual(scene.client.given('leaveRoom'), [])
    scene.client.layer.onRoomMessage('lobby', bob, body('again'))
    assert.equal(heard.at(-1), 'other again')
    other.vanish()
    assert.deepEqual(scene.client.given('leaveRoom'), [['lobby']])
  })

  it('send messages and notifications like any other, with what MQTT 5 says of them', async () => {
    const scene = new Scene()
    const { app } = await scene.joined({ root: 'shop/' })
    app.room('lobby').send('hello')
    app.peer(bob).send({ a: 1 })
    app.peer(bob).notify('poke', { how: 'softly' })
    app.notify('orders', 'poke')
    const messages = scene.client.publishes.map(({ topic, payload, options }) => {
      const text = typeof payload === 'string' ? payload : new TextDecoder().decode(/** @type {Uint8Array} */ (payload))
      return [topic, text, options.qos, options.properties?.contentType]
    })
    assert.deepEqual(messages, [
      ['shop/webapp/room/lobby/acme:ann:ab01', '"hello"', 1, 'application/json'],
      [`shop/webapp/peer/${bob}/acme:ann:ab01`, '{"a":1}', 1, 'application/json'],
      [`shop/webapp/peer/${bob}/acme:ann:ab01`, '{"jsonrpc":"2.0","method":"poke","params":{"how":"softly"}}', 1, 'application/json'],
      ['shop/webapp/req/orders/acme:ann:ab01', '{"jsonrpc":"2.0","method":"poke"}', 1, 'application/json'],
    ])
    assert.throws(() => app.peer(bob).send({ jsonrpc: '2.0', method: 'x' }), { name: 'InvalidArgumentError' })
    const old = new Scene()
    const elder = await old.joined({ protocolVersion: 4 })
    elder.app.room('lobby').send('hello')
    assert.equal(old.client.publishes[0]?.options.properties, undefined)
  })

  it('leave one by one: the last says goodbye, and who comes meanwhile makes a new connection', async () => {
    const scene = new Scene()
    const [one, other] = [await scene.joined(), await scene.joined()]
    assert.equal((await one.app.leave()).error, undefined)
    assert.equal(scene.client.disconnects, 0)
    assert.equal(other.app.state, 'connected')
    const former = scene.client
    const leaving = other.app.leave()
    assert.deepEqual([former.disconnects, former.deleted], [1, false])
    const next = scene.page()
    await settled()
    assert.equal(scene.clients.length, 1)
    former.lose({ reconnect: false, error: 'none' })
    assert.equal((await leaving).error, undefined)
    await until(() => scene.clients.length === 2)
    scene.accept()
    assert.equal((await next.joining).uid, 'acme:ann:ab03')
    await until(() => former.deleted)
  })

  it('wait for their messages before they leave', async () => {
    const scene = new Scene()
    const [one] = [await scene.joined(), await scene.joined()]
    one.app.room('lobby').send('last words')
    const left = one.app.leave()
    assert.equal(one.app.state, 'connected')
    scene.client.acknowledge(scene.client.publishes[0]?.operation ?? 0)
    assert.deepEqual(await left, { error: undefined, unfinished: 0 })
  })

  it('go on where the one that says goodbye vanishes before that is over', async () => {
    const scene = new Scene()
    const one = await scene.joined()
    void one.app.leave()
    const next = scene.page()
    one.vanish()
    await until(() => scene.clients.length === 2)
    scene.accept()
    assert.equal((await next.joining).state, 'connected')
  })
})

describe('a request of a page', () => {
  it('is answered there, whatever numbers others have', async () => {
    const scene = new Scene()
    const [one, other] = [await scene.joined(), await scene.joined()]
    const calls = [one.app.request('orders', 'a'), other.app.request('orders', 'b'), other.app.request('orders', 'c')]
    scene.client.layer.onResult(2, '"for b"')
    scene.client.layer.onFailure(3, { error: 'no_responder', text: '' })
    scene.client.layer.onResult(1, '"for a"')
    assert.deepEqual([await calls[0], await calls[1]], ['for a', 'for b'])
    await assert.rejects(calls[2], { code: 'no_responder' })
  })

  it('that vanished is cancelled', async () => {
    const scene = new Scene()
    const [one, other] = [await scene.joined(), await scene.joined()]
    one.app.request('orders', 'a').catch(() => {})
    const call = other.app.request('orders', 'b')
    one.vanish()
    assert.deepEqual(scene.client.given('cancelRequest'), [[1]])
    scene.client.layer.onFailure(1, { error: 'cancelled', text: '' })
    scene.client.layer.onResult(2, '7')
    assert.equal(await call, 7)
  })

  it('that the module refuses rejects with its code', async () => {
    const scene = new Scene()
    const { app } = await scene.joined()
    scene.client.throwNext = moduleError('queue_full')
    await assert.rejects(app.request('orders', 'a'), { name: 'RequestError', code: 'queue_full' })
    await assert.rejects(app.request('or/ders', 'a'), { name: 'InvalidNameError' })
    assert.equal(scene.client.given('request').length, 0)
  })

  it('is given its items and its credit', async () => {
    const scene = new Scene()
    await scene.joined()
    const { app } = await scene.joined()
    const call = app.request('demo', 'slow')
    const steps = call[Symbol.asyncIterator]()
    for (let item = 0; item < 16; item++) scene.client.layer.onProgress(1, String(item))
    for (let item = 0; item < 16; item++) assert.equal((await steps.next()).value, item)
    assert.deepEqual(scene.client.given('grant'), [[1, 16]])
    call.cancel()
    assert.deepEqual(scene.client.given('cancelRequest'), [[1]])
    await assert.rejects(call, { code: 'request_cancelled' })
  })
})

describe('a request of others', () => {
  /** Two pages that expose, and what they were asked. */
  async function exposing() {
    const scene = new Scene()
    /** @type {string[]} */
    const asked = []
    /** @type {Map<string, (value: unknown) => void>} */
    const answers = new Map()
    const page = async (/** @type {string} */ who) => {
      const joined = await scene.joined()
      joined.app.on('error', () => {})
      joined.app.expose({
        work: (/** @type {unknown} */ _, /** @type {any} */ { signal }) => {
          asked.push(who)
          return new Promise((resolve) => {
            answers.set(who, resolve)
            signal.addEventListener('abort', () => asked.push(`${who} stops`))
          })
        },
        [`only_${who}`]: () => who,
        async *count() {
          asked.push(`${who} counts`)
          for (let n = 0; ; n++) yield n
        },
      })
      return joined
    }
    const [one, other] = [await page('one'), await page('other')]
    return { scene, asked, answers, one, other }
  }

  it('goes to one page that exposes the method: that with the fewest in hand, of equals the latest', async () => {
    const { scene, asked, answers } = await exposing()
    scene.ask(1, 'work')
    scene.ask(2, 'work')
    scene.ask(3, 'only_one')
    await settled()
    assert.deepEqual(asked, ['other', 'one'])
    answers.get('one')?.(7)
    await settled()
    assert.deepEqual(scene.client.given('respond'), [
      [3, '"one"'],
      [2, '7'],
    ])
    scene.ask(4, 'work')
    await settled()
    assert.deepEqual(asked, ['other', 'one', 'one'])
    scene.ask(5, 'nothing')
    await settled()
    assert.deepEqual(scene.client.given('fail'), [[5, -32601, 'Method not found', undefined]])
  })

  it('of a method that its page has taken back is answered by another, or not found', async () => {
    const scene = new Scene()
    const { app } = await scene.joined()
    const hide = app.expose({ work: () => 1 })
    hide()
    scene.ask(1, 'work')
    await settled()
    assert.deepEqual(scene.client.given('fail'), [[1, -32601, 'Method not found', undefined]])
  })

  it('goes to another page if its own vanishes, and fails at once if there is none', async () => {
    const { scene, asked, answers, one, other } = await exposing()
    scene.ask(1, 'work')
    await settled()
    other.vanish()
    await settled()
    assert.deepEqual(asked, ['other', 'one'])
    answers.get('one')?.(7)
    await settled()
    assert.deepEqual(scene.client.given('respond'), [[1, '7']])
    scene.ask(2, 'work')
    await scene.joined()
    one.vanish()
    assert.deepEqual(scene.client.given('fail'), [[2, -32002, 'The page that worked on this is gone', undefined]])
  })

  it('of which items were sent fails, as another page would begin anew', async () => {
    const { scene, other } = await exposing()
    scene.client.credit = 3
    scene.ask(1, 'count')
    await settled()
    assert.equal(scene.client.given('progress').length, 3)
    other.vanish()
    assert.deepEqual(scene.client.given('fail')[0]?.slice(0, 2), [1, -32002])
  })

  it('is stopped when its caller no longer waits', async () => {
    const { scene, asked } = await exposing()
    scene.ask(1, 'work')
    await settled()
    scene.client.layer.onEnded(1, 'cancelled')
    await settled()
    assert.deepEqual(asked, ['other', 'other stops'])
    assert.deepEqual([scene.client.given('respond'), scene.client.given('fail')], [[], []])
  })

  it('gets its items in their order as it grants credit, the result behind them, and no page is far ahead', async () => {
    const scene = new Scene()
    const { app } = await scene.joined()
    let made = 0
    app.expose({
      async *count() {
        for (let n = 0; n < 100; n++) yield made++
        return 'done'
      },
    })
    scene.client.credit = 5
    scene.ask(1, 'count')
    await settled()
    for (let credit = 5; credit < 100; credit += 5) {
      assert.ok(made <= credit + 17, `${made} made, ${credit} allowed`)
      assert.equal(scene.client.given('progress').length, credit)
      assert.equal(scene.client.given('respond').length, 0)
      scene.client.credit = 5
      scene.client.layer.onCredit(1)
      await settled()
    }
    assert.deepEqual(
      scene.client.given('progress').map(([, value]) => Number(value)),
      Array.from({ length: 100 }, (_, index) => index),
    )
    assert.deepEqual(scene.client.given('respond'), [[1, '"done"']])
  })

  it('whose answer cannot be sent is told so, and the page why', async () => {
    const scene = new Scene()
    const { app } = await scene.joined()
    /** @type {any[]} */
    const errors = []
    app.on('error', (/** @type {any} */ error) => errors.push(error.code))
    app.expose({
      large: () => {
        scene.client.throwNext = moduleError('payload_too_large')
        return 'x'
      },
      late: () => {
        scene.client.throwNext = moduleError('unknown_call')
        return 'x'
      },
    })
    scene.ask(1, 'large')
    await settled()
    scene.ask(2, 'late')
    await settled()
    assert.deepEqual(scene.client.given('fail'), [[1, -32603, 'Internal error', undefined]])
    assert.deepEqual(errors, ['packet_too_large'])
  })
})

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

describe('join()', () => {
  it('says where the places are not', async () => {
    const options = { org: 'acme', user: 'ann', shared: true }
    await assert.rejects(
      joinWith(async () => fakeModule(), 'ws://broker.test/', options),
      { code: 'not_supported', message: /https:/ },
    )
    await assert.rejects(
      joinWith(async () => fakeModule(), 'ws://broker.test/', { ...options, shared: { presence: 'all' } }),
      {
        name: 'InvalidArgumentError',
        message: /presence is one of group, each/,
      },
    )
  })
})
