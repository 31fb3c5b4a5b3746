// Addresses that a function gives, anew before each attempt.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { called, nextTask, thrownBy } from './support/module.mjs'
import { startFakeBroker } from './support/fake-broker.mjs'
import { connack } from './support/packets.mjs'
import { shared } from './support/connected.mjs'

const { Client } = shared

/** @param {import('node:test').TestContext} test @param {any} address */
async function started(test, address) {
  const broker = await startFakeBroker()
  const client = new Client(typeof address === 'function' ? address : broker.url, 'id')
  test.after(() => {
    client.delete()
    return broker.close()
  })
  return { broker, client }
}

/** @param {any} client @param {object} [options] @returns {Promise<any>} */
const failureOf = (client, options) =>
  new Promise((resolve) => client.connect({ keepAliveInterval: 0, reconnect: false, ...options, onFailure: resolve }))

const fast = { reconnectMinimum: 1, reconnectMaximum: 1, keepAliveInterval: 0 }

for (const [how, wrap] of /** @type {[string, (uri: string) => any][]} */ ([
  ['at once', (uri) => uri],
  ['later', async (uri) => (await nextTask(), uri)],
]))
  test(`an address that comes ${how} is asked for before each attempt`, async (t) => {
    const { broker } = await started(t, undefined)
    let count = 0
    const client = new Client(() => wrap(`${broker.url}?ticket=${++count}`), 'id')
    t.after(() => client.delete())
    assert.equal(client.uri, '')
    const uris = /** @type {string[]} */ ([])
    client.onConnecting = (uri) => uris.push(uri)
    let stands = called(client, 'onConnected')
    client.connect(fast)
    const peer = await broker.accept()
    assert.equal((await stands)[1], `${broker.url}?ticket=1`)
    stands = called(client, 'onConnected')
    peer.terminate()
    await broker.accept()
    assert.equal((await stands)[1], `${broker.url}?ticket=2`)
    assert.deepEqual([uris, client.uri], [[1, 2].map((ticket) => `${broker.url}?ticket=${ticket}`), `${broker.url}?ticket=2`])
  })

test('functions and fixed addresses take turns', async (t) => {
  const { broker, client } = await started(t, undefined)
  const asked = /** @type {string[]} */ ([])
  const nobody = 'ws://127.0.0.1:9/'
  const stands = called(client, 'onConnected')
  client.connect({ ...fast, uris: [() => (asked.push('a'), nobody), nobody, () => (asked.push('b'), broker.url)] })
  await broker.accept()
  assert.equal((await stands)[1], broker.url)
  assert.deepEqual(asked, ['a', 'b'])
})

for (const [how, address, text] of /** @type {[string, () => any, RegExp][]} */ ([
  ['throws', () => assert.fail('no ticket'), /no ticket/],
  ['rejects', () => Promise.reject(new Error('no ticket')), /no ticket/],
  ['gives no address', () => 7, /The URI cannot be parsed/],
  ['gives an address that is not for WebSockets', async () => 'http://h/', /does not begin with ws:/],
]))
  test(`a function that ${how} fails the attempt, and no other`, async (t) => {
    const { broker, client } = await started(t, undefined)
    const failure = await failureOf(client, { uris: [address] })
    assert.equal(failure.error, 'transport_failed')
    assert.match(failure.errorMessage, text)
    assert.match(String(failure.cause), text)
    const loss = called(client, 'onConnectionLost')
    const stands = called(client, 'onConnected')
    client.connect({ ...fast, uris: [address, broker.url] })
    assert.match((await loss)[0].errorMessage, text)
    await broker.accept()
    await stands
    // What the function threw is not the reason of what fails later.
    const later = failureOf(await stopped(client), { uris: ['ws://127.0.0.1:9/'] })
    assert.equal((await later).cause, undefined)
  })

test('a function that never answers costs the attempt its time limit', async (t) => {
  const { client } = await started(t, () => new Promise(() => {}))
  const failure = await failureOf(client, { timeout: 0.02 })
  assert.equal(failure.error, 'connect_timed_out')
  assert.match(failure.cause.message, /address/)
})

test('an answer that comes when the attempt is over is ignored', async (t) => {
  const answers = /** @type {((uri: string) => void)[]} */ ([])
  const { broker, client } = await started(t, () => new Promise((resolve) => answers.push(resolve)))
  client.connect(fast)
  await nextTask()
  client.disconnect()
  client.connect(fast)
  await nextTask()
  answers[0]?.('ws://127.0.0.1:9/')
  await nextTask()
  const stands = called(client, 'onConnected')
  answers[1]?.(broker.url)
  await broker.accept()
  await stands
  assert.equal(answers.length, 2)
})

test('a client may be ended or deleted by the function', async (t) => {
  for (const end of ['disconnect', 'delete']) {
    const { client } = await started(t, () => {
      client[/** @type {'delete'} */ (end)]()
      return 'ws://127.0.0.1:9/'
    })
    client.connect(fast)
    await nextTask()
    assert.equal(!client.isDeleted() && client.isConnected(), false)
  }
})

test('the handshake that follows has its own refusals', async (t) => {
  const { broker, client } = await started(t, undefined)
  const failing = failureOf(client, { uris: [() => broker.url], credentials: () => ({ userName: 'ann' }) })
  // Credentials that are refused are asked for once more.
  for (let connect = 0; connect < 2; connect++) {
    const peer = await broker.peer()
    await peer.take('connect')
    peer.send(connack({ reason: 0x87 }))
  }
  const failure = await failing
  assert.deepEqual([failure.error, failure.reasonCode, failure.cause], ['connection_refused', 0x87, undefined])
})

test('what is no address and no function is refused', async (t) => {
  const { client } = await started(t, undefined)
  for (const uris of [[{}], [undefined], [null]])
    assert.equal(thrownBy(() => client.connect({ uris: /** @type {any} */ (uris) })).code, 'invalid_argument')
})

/** @param {any} client */
async function stopped(client) {
  client.disconnect()
  await nextTask()
  return client
}
