// A target that is a function, which is asked for the address of each attempt.
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { settled } from './support/connected.mjs'
import { joining } from './support/fake-layer.mjs'
import { fakeModule } from './support/fake-module.mjs'
import { importSource } from './support/sources.mjs'

const { open } = await importSource('connect')
const { PahoClient } = await importSource('paho/client')

/** @param {any} target @param {object} [options] */
async function connecting(target, options) {
  const module = fakeModule()
  const promise = open(async () => module, target, options ?? {})
  promise.catch(() => {})
  await settled()
  const client = /** @type {import('./support/fake-module.mjs').FakeClient} */ (module.clients[0])
  const [address] = /** @type {any[]} */ (client?.connectOptions?.uris ?? [])
  return { promise, client, address }
}

describe('a function as a target', () => {
  it('is called for each attempt with the reason why the last one ended, and may return any target', async () => {
    /** @type {any[]} */
    const asked = []
    const answers = ['https://h/signed?1', new URL('ws://h/signed?2'), Promise.resolve('wss://h/signed?3')]
    const { promise, client, address } = await connecting((/** @type {any} */ request) => {
      asked.push(request)
      return answers.shift()
    })
    assert.equal(await address(), 'wss://h/signed?1')
    client.accept()
    await promise
    client.lose({ error: 'disconnected_by_broker', reasonCode: 0x8b })
    assert.equal(await address(), 'ws://h/signed?2')
    assert.equal(await address(), 'wss://h/signed?3')
    assert.deepEqual(
      asked.map(({ lastError }) => lastError?.reasonCode),
      [undefined, 0x8b, 0x8b],
    )
  })

  it('may stand among others', async () => {
    const { client } = await connecting(['ws://a/', () => 'ws://b/', new URL('ws://c/')])
    const uris = /** @type {any[]} */ (client.connectOptions?.uris)
    assert.deepEqual([client.uri, uris[0], await uris[1](), uris[2]], ['ws://a/', 'ws://a/', 'ws://b/', 'ws://c/'])
  })

  for (const answer of [undefined, '', 'ftp://h/', 'ws://ann:secret@h/', ['ws://h/'], 7])
    it(`may not give ${JSON.stringify(answer)}`, async () => {
      const { address } = await connecting(() => answer)
      await assert.rejects(address(), { name: 'InvalidArgumentError' })
    })

  it('that throws is why the attempt failed', async () => {
    const { promise, client } = await connecting(() => 'ws://h/')
    const cause = new Error('no ticket')
    client.fail({ error: 'transport_failed', cause })
    await assert.rejects(promise, { name: 'ConnectionFailedError', message: /function.*cause/, cause })
  })

  it('that does not answer is why the attempt took too long', async () => {
    const { promise, client } = await connecting(() => new Promise(() => {}))
    const cause = new Error('The function that gives the address did not answer in time.')
    client.fail({ error: 'connect_timed_out', cause })
    await assert.rejects(promise, { name: 'ConnectTimeoutError', message: /function.*connectTimeout/ })
  })

  it('is a target of join(), too', async () => {
    const { promise, client } = await joining({}, () => 'wss://h/ticket')
    const uris = /** @type {any} */ (client.connectOptions?.uris)
    assert.equal(await uris[0](), 'wss://h/ticket')
    client.accept()
    client.layer.onJoined()
    await promise
  })
})

describe('a credentials function', () => {
  it('that does not answer is reported in the cause', async () => {
    const { promise, client } = await connecting('ws://h/', { credentials: () => new Promise(() => {}) })
    const cause = new Error('The credentials function did not answer in time.')
    client.fail({ error: 'credentials_failed', cause })
    await assert.rejects(promise, { name: 'AuthenticationError', cause })
  })
})

describe('the address option of the classic client', () => {
  /** @param {any} options */
  async function started(options) {
    const module = fakeModule()
    const paho = new PahoClient(async () => module, ['h', 80, 'id'])
    paho.connect(options)
    await settled()
    const client = /** @type {import('./support/fake-module.mjs').FakeClient} */ (module.clients.at(-1))
    return { paho, client }
  }

  it('is asked for each attempt, in place of all other addresses', async () => {
    let count = 0
    const { client } = await started({ address: async () => `ws://h/ticket?${++count}`, useSSL: true })
    const { uris = [], ...others } = /** @type {any} */ (client.connectOptions)
    assert.equal(uris.length, 1)
    assert.deepEqual([await uris[0](), await uris[0](), others.useSSL], ['wss://h/ticket?1', 'wss://h/ticket?2', undefined])
  })

  it('that throws is reported to onFailure, after all versions were tried', async () => {
    const failures = /** @type {any[]} */ ([])
    const { client } = await started({ address: () => 'ws://h/', onFailure: (/** @type {any} */ failure) => failures.push(failure) })
    client.fail({ error: 'transport_failed', cause: new Error('no ticket') })
    assert.deepEqual([client.connects.length, failures], [2, []])
    client.fail({ error: 'transport_failed', cause: new Error('no ticket') })
    assert.deepEqual(
      failures.map(({ errorCode, errorMessage }) => [errorCode, errorMessage]),
      [[7, 'AMQJS0007E Socket error:Error: no ticket.']],
    )
  })

  it('is a function', async () => {
    await assert.rejects(started({ address: 'ws://h/' }), { message: 'AMQJS0012E Invalid type string for address.' })
  })
})
