// The built package's webapps under Node, as their users import them, with one another over a real Mosquitto.
import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { startBroker } from '../support/broker.mjs'

/** @type {import('../support/broker.mjs').Broker} */
let broker
before(async () => {
  broker = await startBroker()
})
after(() => broker.close())

const dist = new URL('../../dist/', import.meta.url)

for (const entry of ['webapp.js', 'webapp-wasm.js'])
  describe(`websocket-mq/webapp from ${entry}`, async () => {
    const { connect, Webapp, RemoteError, NotConnectedError } = await import(new URL(entry, dist).href)
    assert.equal(typeof NotConnectedError, 'function')

    it('joins at an address that a function gives', async () => {
      const app = await Webapp.join(async () => broker.url, { org: 'acme', user: 'ann', root: `${entry}/function/` })
      assert.equal(app.mq.uri, broker.url)
      await app.leave()
    })

    for (const [versions, place] of /** @type {[number[], { worker?: boolean }][]} */ ([
      [[5, 5], {}],
      [[4, 4], {}],
      [[4, 5], {}],
      [[4, 5], { worker: true }],
    ]))
      it(`brings two together, with MQTT versions ${versions.join(' and ')}${place.worker ? ', in threads' : ''}`, async () => {
        const root = `${entry}/${versions.join('')}/${place.worker}/`
        const [ann, bob] = await Promise.all(
          versions.map((protocolVersion, index) => {
            const user = index === 0 ? 'ann' : 'bob'
            return Webapp.join(broker.url, { org: 'acme', user, root, protocolVersion, state: { name: user }, ...place })
          }),
        )
        assert.match(ann.uid, /^acme:ann:[a-z0-9]{4}$/)
        await ann.presence.until((/** @type {any} */ presence) => presence.has(bob.uid))
        assert.deepEqual(ann.presence.get(bob.uid).state, { name: 'bob' })

        bob.expose({
          sum: (/** @type {number[]} */ numbers) => numbers.reduce((a, b) => a + b, 0),
          async *count(/** @type {{ to: number }} */ { to }) {
            for (let n = 1; n <= to; n++) yield n
            return 'done'
          },
          sell: () => {
            throw new RemoteError(17, 'Sold out', { left: 0 })
          },
        })
        const peer = ann.peer(bob.uid)
        assert.equal(await peer.request('sum', [1, 2, 3]), 6)
        await assert.rejects(peer.request('sell'), { name: 'RemoteError', remoteCode: 17, message: 'Sold out', data: { left: 0 } })
        await assert.rejects(peer.request('nothing'), { name: 'RemoteError', remoteCode: -32601 })
        const call = peer.request('count', { to: 300 })
        const seen = []
        for await (const item of call) seen.push(item)
        assert.deepEqual([seen.length, seen.at(-1), await call], [300, 300, 'done'])

        const messages = bob.peer(ann.uid).messages[Symbol.asyncIterator]()
        peer.send({ grün: '✓' })
        assert.deepEqual((await messages.next()).value, { from: ann.uid, data: { grün: '✓' } })

        const bobs = bob.room('lobby')[Symbol.asyncIterator]()
        ann.room('lobby')
        // Heard as soon as the broker has the subscription: what is said before is not for bob.
        const said = bobs.next()
        const saying = setInterval(() => ann.room('lobby').send('hello'), 20)
        assert.deepEqual((await said).value, { from: ann.uid, data: 'hello' })
        clearInterval(saying)

        bob.presence.setState({ name: 'bob', busy: true })
        await ann.presence.until((/** @type {any} */ presence) => presence.get(bob.uid)?.state.busy)
        await bob.leave()
        await ann.presence.until((/** @type {any} */ presence) => !presence.has(bob.uid))
        assert.deepEqual(await ann.leave(), { error: undefined, unfinished: 0 })
      })

    it('makes ids that nobody can predict, others at each load', async () => {
      const root = `${entry}/ids/`
      const service = await connect(broker.url, { clientId: 'orders' })
      /** @type {string[]} */
      const ids = []
      const heard = service.subscribe(`${root}webapp/req/orders/+`, { qos: 1 })
      await heard.ready
      for (let load = 0; load < 2; load++) {
        const app = await Webapp.join(broker.url, { org: 'acme', user: 'ann', rand: 'ab12', root })
        app.request('orders', 'create').catch(() => {})
        ids.push((await heard.next()).value.json().id)
        await app.leave()
      }
      for (const id of ids) assert.match(id, /^1\.[0-9a-f]{16}$/)
      assert.notEqual(ids[0], ids[1])
      await service.disconnect()
    })

    it('reads every number of JSON, and refuses those that are out of range', async () => {
      const root = `${entry}/numbers/`
      const app = await Webapp.join(broker.url, { org: 'acme', user: 'ann', root })
      app.expose({ echo: (/** @type {unknown} */ params) => params })
      const eve = await connect(broker.url, { clientId: 'acme:eve:ab12' })
      const answers = eve.subscribe(`${root}webapp/peer/acme:eve:ab12/+`, { qos: 1 })
      await answers.ready
      const ask = (/** @type {string} */ id, /** @type {string} */ number) =>
        eve.publish(`${root}webapp/peer/${app.uid}/acme:eve:ab12`, `{"jsonrpc":"2.0","id":"${id}","method":"echo","params":[${number}]}`, {
          qos: 1,
        })
      // What is no JSON is no request either: there is no answer.
      for (const number of ['1e999', '-1e999', '1.', '.5', '0x1', '1e']) await ask('no JSON', number)
      for (const number of ['0.5', '-1.25e-7', '12345678901234567890123', '1E+300', '4.9e-324']) {
        await ask(number, number)
        const { id, result } = (await answers.next()).value.json()
        assert.deepEqual([id, result], [number, [Number(number)]])
      }
      await Promise.all([app.leave(), eve.disconnect()])
    })

    it('survives what a hostile peer sends', async (t) => {
      const shown = t.mock.method(console, 'error', () => {})
      const root = `${entry}/hostile/`
      const app = await Webapp.join(broker.url, { org: 'acme', user: 'ann', root })
      let [begun, running, most, aborted] = [0, 0, 0, 0]
      app.expose({
        greet: (/** @type {any} */ { name }) => `Hello ${name}`,
        sum: (/** @type {any} */ [a, b]) => a + b,
        async *count(/** @type {any} */ { n }) {
          begun++
          for (let i = 0; i < n; i++) yield i
        },
        wait: (/** @type {any} */ _, /** @type {any} */ { signal }) =>
          new Promise((resolve) => {
            most = Math.max(most, ++running)
            signal.addEventListener('abort', () => resolve(running-- && aborted++))
          }),
      })
      const eve = await connect(broker.url, { clientId: 'acme:eve:ab12' })
      const answers = eve.subscribe(`${root}webapp/peer/acme:eve:ab12/+`, { qos: 1 })
      await answers.ready
      const topic = `${root}webapp/peer/${app.uid}/acme:eve:ab12`
      const say = (/** @type {object} */ message, options = {}) =>
        eve.publish(topic, JSON.stringify({ jsonrpc: '2.0', ...message }), { qos: 1, ...options })
      for (const method of ['nosuch', 'greet', 'sum', 'count']) await say({ method, ...(method === 'count' && { params: { n: 1e9 } }) })
      await say({ id: 1, method: 'greet' })
      await say({ id: 2, method: 'sum', params: { a: 1 } })
      for (let answer = 0; answer < 2; answer++)
        assert.deepEqual((await answers.next()).value.json().error, { code: -32603, message: 'Internal error' })
      await Promise.all(Array.from({ length: 1000 }, () => say({ method: 'wait' }, { properties: { messageExpiryInterval: 2 } })))
      await say({ id: 3, method: 'nosuch' })
      assert.equal((await answers.next()).value.json().error.code, -32004)
      assert.deepEqual([begun, most], [0, 32], 'one account has its half of the places')
      while (running > 0) await new Promise((resolve) => setTimeout(resolve, 20))
      assert.ok(aborted >= 32 && most === 32)
      assert.equal(shown.mock.callCount(), 4, 'greet and sum, both ways')
      await eve.disconnect()
      await app.leave()
    })

    it('reports at once that nobody is there', async () => {
      const app = await Webapp.join(broker.url, { org: 'acme', user: 'eve', root: 'empty/' })
      await assert.rejects(app.request('nobody', 'echo', {}, { timeout: 60_000 }), { name: 'NoResponderError' })
      await assert.rejects(app.request('no/body', 'echo'), { name: 'InvalidNameError' })
      await app.leave()
    })

    it('watches devices, with their last wills', async () => {
      const app = await Webapp.join(broker.url, { org: 'acme', user: 'dan', root: 'd/' })
      const device = await connect(broker.url, {
        clientId: 'SN-1',
        will: { topic: 'd/device/status/SN-1', payload: '{"online":false}', qos: 1, retain: true },
      })
      const devices = app.devices(['SN-1'])
      await device.publish('d/device/status/SN-1', '{"online":true,"recording":true}', { qos: 1, retain: true })
      await devices.until((/** @type {any} */ all) => all.get('SN-1')?.online)
      assert.deepEqual(devices.get('SN-1'), { online: true, recording: true })
      await device.disconnect({ reasonCode: 4 })
      await devices.until((/** @type {any} */ all) => all.get('SN-1')?.online === false)
      await app.leave()
    })

    it('refuses names that cannot stand in a topic', async () => {
      for (const options of [{ org: 'a/b' }, { user: '' }, { user: 'a:b' }, { root: 'no-slash' }])
        await assert.rejects(Webapp.join(broker.url, { org: 'acme', user: 'ann', ...options }), { name: 'InvalidNameError' })
    })
  })
