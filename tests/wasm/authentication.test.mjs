// Who the client says that it is: credentials that are asked for, and enhanced authentication.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { connected, scripted } from './support/connected.mjs'
import { called, nextTask, thrownBy } from './support/module.mjs'
import { connack, packet } from './support/packets.mjs'

test('credentials are asked for before each attempt, and may be promised', async (t) => {
  const { broker, client } = await scripted(t)
  let count = 0
  const credentials = async () => ({ userName: 'ann', password: `token ${++count}` })
  client.connect({ credentials, reconnectMinimum: 1 })
  const first = await broker.peer()
  assert.match((await first.accept()).body.toString('latin1'), /token 1$/)
  first.terminate()
  assert.match((await (await broker.peer()).take('connect')).body.toString('latin1'), /token 2$/)
})

test('credentials that are given at once, and none', async (t) => {
  const { broker, client } = await scripted(t)
  client.connect({ credentials: () => ({ userName: 'bob' }), reconnect: false })
  assert.match((await (await broker.peer()).take('connect')).body.toString('latin1'), /bob$/)
  client.disconnect()
  client.connect({ credentials: () => /** @type {any} */ (undefined), reconnect: false })
  assert.equal((await (await broker.peer()).take('connect')).body[7] & 0xc0, 0)
})

for (const [how, credentials] of /** @type {[string, () => any][]} */ ([
  ['throw', () => assert.fail('no token')],
  ['reject', () => Promise.reject(new Error('no token'))],
  ['are not sound', () => ({ userName: 7 })],
])) {
  test(`credentials that ${how} end in onFailure`, async (t) => {
    const { client } = await scripted(t)
    const failure = /** @type {any} */ (await new Promise((resolve) => client.connect({ credentials, onFailure: resolve })))
    assert.equal(failure.error, 'credentials_failed')
    assert.match(failure.errorMessage, /no token|userName/)
  })
}

test('reconnect() makes another connection at once, with credentials that are asked for', async (t) => {
  const { broker, client } = await scripted(t)
  let count = 0
  /** @type {any[]} */
  const losses = []
  client.onConnectionLost = (loss) => losses.push(loss)
  // Without a policy to reconnect.
  client.connect({
    credentials: () => ({ userName: `user ${++count}` }),
    reconnect: false,
    keepAliveInterval: 0,
    sessionExpiryInterval: 60,
  })
  const firstStands = called(client, 'onConnected')
  const first = await broker.peer()
  await first.accept()
  await firstStands
  const stands = called(client, 'onConnected')
  client.reconnect()
  assert.equal((await first.take('disconnect')).body.length, 0)
  const second = await broker.peer()
  assert.match((await second.accept()).body.toString('latin1'), /user 2$/)
  await stands
  assert.deepEqual(losses.map(({ error, reconnect, retryIn }) => ({ error, reconnect, retryIn })), [{ error: 'none', reconnect: true, retryIn: 0 }]) // prettier-ignore
  assert.equal(client.isConnected(), true)
})

test('reconnect() without a connection', async (t) => {
  const { client } = await scripted(t)
  client.reconnect()
  assert.equal(client.isConnected(), false)
})

test('authentication data that is asked for', async (t) => {
  const { broker, client } = await scripted(t)
  const authenticationData = new TextEncoder().encode('fresh')
  client.connect({ authenticationMethod: 'M', credentials: () => ({ userName: 'ann', authenticationData }), reconnect: false })
  const { body } = await (await broker.peer()).take('connect')
  assert.ok(body.includes(Buffer.from([0x16, 0, 5, ...authenticationData])))
  assert.match(body.toString('latin1'), /ann$/)
})

test('credentials that come too late are ignored', async (t) => {
  const { broker, client } = await scripted(t)
  /** @type {((given: any) => void)[]} */
  const answers = []
  const credentials = () => new Promise((resolve) => answers.push(resolve))
  client.connect({ credentials })
  await nextTask()
  client.disconnect()
  client.connect({ credentials })
  await nextTask()
  answers[0]({ userName: 'old' })
  await nextTask()
  answers[1]({ userName: 'new' })
  assert.match((await (await broker.peer()).take('connect')).body.toString('latin1'), /new$/)
})

test('enhanced authentication is a conversation', async (t) => {
  const { broker, client } = await scripted(t)
  const stands = called(client, 'onConnected')
  const authenticate = async (/** @type {Uint8Array} */ data) => new Uint8Array([...data, 9])
  client.connect({ authenticationMethod: 'M', authenticationData: new Uint8Array([1]), authenticate, reconnect: false })
  const peer = await broker.peer()
  await peer.take('connect')
  peer.send(packet('auth', 0, [0x18, 9, 0x15, 0, 1, 0x4d, 0x16, 0, 2, 5, 6]))
  assert.deepEqual([...(await peer.take('auth')).body], [0x18, 10, 0x15, 0, 1, 0x4d, 0x16, 0, 3, 5, 6, 9])
  peer.send(connack({ properties: Buffer.from([0x15, 0, 1, 0x4d]) }))
  await stands
  client.reauthenticate(new Uint8Array([3]))
  assert.deepEqual([...(await peer.take('auth')).body].slice(0, 2), [0x19, 8])
})

test('an authentication that throws ends the attempt, and is reported', async (t) => {
  const { broker, client } = await scripted(t)
  const failed = new Promise((resolve) => {
    const authenticate = () => assert.fail('unknown challenge')
    client.connect({ authenticationMethod: 'M', authenticate, onFailure: resolve, reconnect: false })
  })
  const reported = called(client, 'onError')
  const peer = await broker.peer()
  await peer.take('connect')
  peer.send(packet('auth', 0, [0x18, 4, 0x15, 0, 1, 0x4d]))
  assert.equal(/** @type {any} */ (await failed).error, 'authentication_failed')
  assert.match((await reported)[0].message, /unknown challenge/)
})

test('reauthenticate() without a method is refused', async (t) => {
  const { client } = await connected(t)
  assert.equal(thrownBy(() => client.reauthenticate(new Uint8Array(1))).code, 'not_supported')
})
