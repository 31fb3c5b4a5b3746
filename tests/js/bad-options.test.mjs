// Options that are not sound are refused where they stand, by a sentence that says which, why, and what was meant.
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { connected } from './support/connected.mjs'
import { fakeModule } from './support/fake-module.mjs'
import { joined, joining } from './support/fake-layer.mjs'
import { importSource } from './support/sources.mjs'

const { open } = await importSource('connect')
const { joinWith } = await importSource('webapp/join')

/** @param {RegExp} message */
const refusal = (message) => ({ name: 'InvalidArgumentError', code: 'invalid_argument', message })
/** @param {any} options */
const connect = (options) => open(async () => fakeModule(), 'ws://h/', options)

describe('connect()', () => {
  for (const [options, message] of /** @type {[any, RegExp][]} */ ([
    [null, /Options are an object, and not null/],
    ['x', /Options are an object, and not "x"/],
    [[], /Options are an object, and not a list/],
    [{ keepalive: 5 }, /no option keepalive\. Did you mean keepAlive\?/],
    [{ keepAliveInterval: 5 }, /Did you mean keepAlive\?/],
    [{ username: 'a' }, /Did you mean credentials\?/],
    [{ clean: true }, /Did you mean cleanStart\?/],
    [{ clientid: 'a' }, /Did you mean clientId\?/],
    [{ nonsense: 1 }, /no option nonsense\. There are protocolVersion, /],
    [{ toString: 1 }, /no option toString/],
    [{ keepAlive: '30' }, /keepAlive is a whole number from 0 to 65535, and not "30"/],
    [{ keepAlive: null }, /keepAlive is .*, and not null/],
    [{ connectTimeout: NaN }, /connectTimeout is .*, and not NaN/],
    [{ clientId: 7 }, /clientId is a text, and not 7/],
    [{ cleanStart: 1 }, /cleanStart is true or false, and not 1/],
    [{ protocolVersion: 6 }, /protocolVersion is one of 3, 4, 5, and not 6/],
    [{ reconnect: 'yes' }, /reconnect is true or false, or an object, and not "yes"/],
    [{ reconnect: { maxdelay: 5 } }, /no option reconnect\.maxdelay\. Did you mean maxDelay\?/],
    [{ reconnect: { maxDelay: -1 } }, /reconnect\.maxDelay is .*, and not -1/],
    [{ credentials: 'a:b' }, /credentials is a function, or an object, and not "a:b"/],
    [{ credentials: { userName: 'a' } }, /no option credentials\.userName\. Did you mean username\?/],
    [{ will: { topic: 'a', payload: '', QoS: 1 } }, /no option will\.QoS\. Did you mean qos\?/],
    [{ queue: { messages: 1.5 } }, /queue\.messages is .*, and not 1\.5/],
    [{ signal: {} }, /signal is an AbortSignal, and not an object/],
    [{ prepare: true }, /prepare is a function, and not true/],
    [{ authentication: { method: 'M', respond: null } }, /authentication\.respond is a function, and not null/],
  ]))
    it(`refuses ${JSON.stringify(options)}`, () => assert.rejects(connect(options), refusal(message)))

  it('takes options that are undefined for absent', async () => {
    await connected({ keepAlive: undefined, will: undefined, signal: undefined, reconnect: { maxDelay: undefined } })
  })
})

describe('Webapp.join()', () => {
  for (const [options, message] of /** @type {[any, RegExp][]} */ ([
    [null, /Options are an object/],
    [{}, /org is missing/],
    [{ org: 'a' }, /user is missing/],
    [{ org: 'a', user: 7 }, /user is a text, and not 7/],
    [{ org: 'a', user: 'b', willDelay: 1e10 }, /willDelay is a whole number from 0 to 4294967295/],
    [{ org: 'a', user: 'b', rollCall: 'automatic' }, /rollCall is one of auto, always, never/],
    [{ org: 'a', user: 'b', willdelay: 1 }, /Did you mean willDelay\?/],
    [{ org: 'a', user: 'b', clientId: 'x' }, /no option clientId/],
    [{ org: 'a', user: 'b', watch: 'all' }, /watch is true or false, or an object/],
  ]))
    it(`refuses ${JSON.stringify(options)}`, () =>
      assert.rejects(
        joinWith(async () => fakeModule(), 'ws://h/', options),
        refusal(message),
      ))

  it('takes all of connect() but what it decides itself', async () => {
    const { client } = await joining({ keepAlive: 5, willDelay: 4_294_967_295, watch: { org: 'acme' } })
    assert.equal(client.joinOptions.willDelay, 4_294_967_295)
    client.fail({})
  })
})

describe('request()', () => {
  for (const [options, message] of /** @type {[any, RegExp][]} */ ([
    [null, /Options are an object, and not null/],
    [{ timeOut: 5 }, /Did you mean timeout\?/],
    [{ timeout: '5' }, /timeout is a number of milliseconds/],
    [{ onProgress: 1 }, /onProgress is a function, and not 1/],
    [{ signal: null }, /signal is an AbortSignal, and not null/],
  ]))
    it(`refuses ${JSON.stringify(options)}`, async () => {
      const { app, client } = await joined()
      await assert.rejects(app.request('orders', 'list', {}, options), refusal(message))
      assert.deepEqual(client.given('request'), [])
    })
})

for (const call of ['publish', 'post'])
  describe(`${call}()`, () => {
    for (const [options, message] of /** @type {[any, RegExp][]} */ ([
      [null, /Options are an object, and not null/],
      [1, /Options are an object, and not 1/],
      [{ QoS: 1 }, /no option QoS\. Did you mean qos\?/],
      [{ retained: true }, /Did you mean retain\?/],
      [{ qos: 1, retain: 'yes' }, /retain is true or false, and not "yes"/],
      [{ signal: 1 }, /signal is an AbortSignal, and not 1/],
    ]))
      it(`refuses ${JSON.stringify(options)}`, async () => {
        const { mq, client } = await connected()
        await assert.rejects(async () => mq[call]('a', 'x', options), refusal(message))
        assert.equal(client.publishes.length, 0)
      })
  })

describe('subscribe()', () => {
  for (const [options, message] of /** @type {[any, RegExp][]} */ ([
    [null, /Options are an object, and not null/],
    [{ whenFull: 'latest' }, /whenFull is one of drop_oldest, drop_newest, fail, and not "latest"/],
    [{ bufferSize: -1 }, /bufferSize is a whole number from 1/],
    [{ bufferSize: NaN }, /bufferSize is .*, and not NaN/],
    [{ bufferSize: 0 }, /bufferSize is .*, and not 0/],
    [{ QoS: 1 }, /Did you mean qos\?/],
    [{ qos: '1' }, /qos is one of 0, 1, 2, and not "1"/],
    [{ qos: 3 }, /qos is one of 0, 1, 2, and not 3/],
    [{ onOverflow: 1 }, /onOverflow is a function/],
    [{ properties: { subscriptionIdentifier: 0 } }, /properties\.subscriptionIdentifier is a whole number from 1 to 268435455/],
  ]))
    it(`refuses ${JSON.stringify(options)}`, async () => {
      const { mq, client } = await connected()
      assert.throws(() => mq.subscribe('a', options), refusal(message))
      assert.equal(client.subscribes.length, 0)
    })

  it('refuses a handler that is none', async () => {
    const { mq } = await connected()
    assert.throws(() => mq.subscribe('a', {}, /** @type {any} */ ('x')), refusal(/A handler is a function: /))
  })
})

describe('disconnect()', () => {
  for (const options of /** @type {any[]} */ ([null, { timeOut: 1 }, { timeout: -1 }, { reasonCode: 7 }]))
    it(`refuses ${JSON.stringify(options)}`, async () => {
      const { mq } = await connected()
      await assert.rejects(mq.disconnect(options), { name: 'InvalidArgumentError' })
      assert.equal(mq.state, 'connected')
    })
})
