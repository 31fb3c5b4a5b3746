// How a connection ends: the table of docs/reconnecting.md, on the broker in memory.
import assert from 'node:assert/strict'
import { afterEach, beforeEach, describe, it } from 'node:test'
import { connect } from 'websocket-mq'
import Paho from 'websocket-mq/paho'
import { TestBroker } from 'websocket-mq/testing'

/** @type {TestBroker} */
let broker
beforeEach(() => {
  broker = new TestBroker().install()
})
afterEach(() => broker.close())

const quick = { minDelay: 0, maxDelay: 5 }
const credentials = () => ({ username: 'ann', password: 'secret' })

/** @param {object} [options] */
async function open(options) {
  /** @type {{ state: string, code?: string }[]} */
  const states = []
  const mq = await connect(broker.url, {
    clientId: 'ann',
    reconnect: quick,
    prepare: (/** @type {any} */ each) =>
      each.on('state', (/** @type {any} */ { state, error }) => states.push({ state, code: error?.code })),
    ...options,
  })
  states.length = 0
  return { mq, states }
}
/** @param {any} mq @param {any[]} states */
const connectedAgain = async (mq, states) => {
  while (states.at(-1)?.state !== 'connected') await new Promise((resolve) => setTimeout(resolve, 1))
  assert.equal(mq.lastError, undefined)
  await mq.disconnect()
}
/** @param {any} mq @param {any[]} states @param {object | undefined} expected */
const closedWith = async (mq, states, expected) => {
  const { error } = await mq.closed
  assert.equal(mq.state, 'closed')
  assert.equal(mq.lastError, error)
  assert.equal(states.at(-1).state, 'closed')
  assert.equal(states.at(-1).code, error?.code)
  if (expected === undefined) return assert.equal(error, undefined)
  for (const [key, value] of Object.entries(expected)) assert.equal(error[key], value, key)
}

describe('A connection that was accepted', () => {
  for (const reasonCode of [0x8e, 0x8a, 0x8c, 0x9d, 0x87])
    it(`is closed for good by DISCONNECT 0x${reasonCode.toString(16)}`, async () => {
      const { mq, states } = await open()
      broker.disconnect(reasonCode)
      await closedWith(mq, states, { code: 'disconnected_by_broker', reasonCode })
    })

  for (const [reasonCode, options] of /** @type {const} */ ([
    [0x87, { credentials }],
    [0x8b, {}],
    [0x89, {}],
    [0x97, {}],
    [0x9c, {}],
  ]))
    // prettier-ignore
    it(`is made again after DISCONNECT 0x${reasonCode.toString(16)}${'credentials' in options ? ' with a credentials function' : ''}`, async () => {
      const { mq, states } = await open({ reconnect: { ...quick, stableAfter: 0 }, ...options })
      broker.disconnect(reasonCode)
      await connectedAgain(mq, states)
    })

  it('is made again after a cut, and after passing refusals', async () => {
    const { mq, states } = await open()
    broker.refuse(0x88, 0x89, 0x97, 0x9f, 0x83)
    broker.cut()
    await connectedAgain(mq, states)
  })

  it('is made again after refusals that end within the patience', async () => {
    const { mq, states } = await open({ credentials })
    broker.refuse(0x86, 0x87, 0x85)
    broker.cut()
    await connectedAgain(mq, states)
  })

  for (const reasonCode of [0x84, 0x85, 0x86, 0x87, 0x8a])
    it(`is closed for good by CONNACK 0x${reasonCode.toString(16)} when the patience is over`, async () => {
      const { mq, states } = await open({ credentials, reconnect: { ...quick, refusalPatience: 0 } })
      broker.refuse(reasonCode)
      broker.cut()
      await closedWith(mq, states, { name: 'ConnectionRefusedError', code: 'connection_refused', reasonCode, fatal: true })
    })

  it('is made again while the credentials function fails', async () => {
    let fails = 0
    const { mq, states } = await open({
      credentials: () => {
        if (fails-- > 0) throw new Error('no token')
        return credentials()
      },
    })
    fails = 3
    broker.cut()
    await connectedAgain(mq, states)
    assert.ok(states.some(({ code }) => code === 'credentials_failed'))
  })

  it('is closed for good by anything without reconnect', async () => {
    const { mq, states } = await open({ reconnect: false })
    broker.cut()
    await closedWith(mq, states, { name: 'ConnectionLostError' })
  })

  it('is closed without an error by disconnect()', async () => {
    const { mq, states } = await open()
    await mq.disconnect()
    await closedWith(mq, states, undefined)
  })

  it('is seen to end by the Paho-compatible API', async () => {
    const client = new Paho.Client(broker.url, 'ann')
    await new Promise((onSuccess, onFailure) => client.connect({ mqttVersion: 5, reconnect: true, onSuccess, onFailure }))
    const lost = new Promise((resolve) => (client.onConnectionLost = resolve))
    broker.disconnect(0x8e)
    const { errorCode, reconnect } = /** @type {any} */ (await lost)
    assert.notEqual(errorCode, 0)
    assert.equal(reconnect, false)
  })
})

describe('A first attempt', () => {
  for (const reasonCode of [0x84, 0x86, 0x87, 0x88, 0x8a])
    it(`fails with CONNACK 0x${reasonCode.toString(16)}`, async () => {
      broker.refuse(reasonCode)
      await assert.rejects(open(), { code: 'connection_refused', reasonCode })
    })

  it('asks for credentials once more where they are refused', async () => {
    broker.refuse(0x86)
    const { mq } = await open({ credentials })
    await mq.disconnect()
    broker.refuse(0x86, 0x86)
    await assert.rejects(open({ credentials }), { code: 'connection_refused' })
  })

  it('is made again with retryFirst', async () => {
    broker.refuse(0x88, 0x88)
    const { mq } = await open({ reconnect: { ...quick, retryFirst: true } })
    assert.equal(mq.state, 'connected')
    await mq.disconnect()
  })
})
