import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import mqtt from 'mqtt'
import { definitions } from '../../deploy/access/rabbitmq.mjs'
import { AccessError } from '../../deploy/access/rules.mjs'
import { ann, bob, root, service, webapp } from '../access/expectations.mjs'
import { publish, subscribe } from '../support/access-outcomes.mjs'
import { startRabbitMq } from '../support/rabbitmq.mjs'

const accounts = [
  { role: 'webapp', name: ann },
  { role: 'webapp', name: bob },
  { role: 'service', name: 'stock/one' },
  { role: 'janitor', name: 'one' },
  { role: 'device', name: 'SN1' },
].map((account) => ({ account, password: 'secret' }))

const stock = 'service:stock:one'

/** Rejects where the connection is closed instead: connectAsync would wait for ever. @param {string} url @param {mqtt.IClientOptions} options @returns {Promise<mqtt.MqttClient>} */
function connectTo(url, options) {
  const client = mqtt.connect(url, { password: 'secret', reconnectPeriod: 0, ...options })
  client.on('error', () => {})
  return new Promise((resolve, reject) => {
    client.once('connect', () => resolve(client))
    client.once('close', () => reject(new Error('closed without an answer')))
  })
}

/** @param {mqtt.MqttClient} client @returns {Promise<string>} the topic */
const nextTopic = (client) => new Promise((resolve) => client.once('message', resolve))

describe('RabbitMQ with the shipped configuration and access rules', { timeout: 180_000 }, () => {
  /** @type {Awaited<ReturnType<typeof startRabbitMq>>} */
  let broker
  before(async () => {
    const generated = definitions(accounts, root)
    const [someone] = generated.users
    const administrator = { .../** @type {object} */ (someone), name: 'admin', tags: ['administrator'] }
    broker = await startRabbitMq({ definitions: { ...generated, users: [...generated.users, administrator] }, bindsIdentifiers: true })
  })
  after(() => broker?.close())

  /** @param {mqtt.IClientOptions} options */
  const connect = (options) => connectTo(broker.url, options)

  /**
   * Does something over a connection of its own. RabbitMQ answers what it forbids by closing that.
   * @param {string} username
   * @param {(client: mqtt.MqttClient) => Promise<unknown>} what
   * @param {mqtt.IClientOptions} [options]
   * @returns {Promise<unknown>}
   */
  async function as(username, what, options = {}) {
    const client = await connect({ clientId: username, username, ...options })
    try {
      return await Promise.race([new Promise((resolve) => client.once('close', () => resolve('closed'))), what(client)])
    } finally {
      await client.endAsync(true)
    }
  }

  for (const [name, rules] of /** @type {const} */ ([
    [ann, webapp],
    [stock, service],
  ])) {
    for (const topic of rules.publishes)
      it(`${name} can publish ${topic}`, async () => assert.equal(await as(name, publish(topic)), 'allowed'))
    for (const topic of rules.cannotPublish)
      it(`${name} cannot publish ${topic}`, async () => assert.equal(await as(name, publish(topic)), 'closed'))
    for (const filter of rules.subscribes)
      it(`${name} can subscribe ${filter}`, async () => assert.equal(await as(name, subscribe(filter)), 'allowed'))
    for (const filter of rules.cannotSubscribe)
      it(`${name} cannot subscribe ${filter}`, async () => assert.notEqual(await as(name, subscribe(filter)), 'allowed'))
  }

  for (const url of /** @type {const} */ (['url', 'tcpUrl']))
    for (const username of [ann, stock, 'janitor:one', 'SN1'])
      it(`${username} cannot take the client identifier of another, over ${url === 'url' ? 'WebSocket' : 'TCP'}`, async () => {
        const own = `${root}webapp/res/${bob}`
        const owner = await connectTo(broker[url], { clientId: bob, username: bob, clean: false })
        try {
          await owner.subscribeAsync(own, { qos: 1 })
          for (const clientId of [bob, 'service:stock:two', 'stock-1', `${username}:two`, `${username}x`, ''])
            await assert.rejects(connectTo(broker[url], { clientId, username }), /closed/, `as "${clientId}"`)
          await assert.rejects(connectTo(broker[url], { clientId: bob, username, clean: false }))
          const arrived = nextTopic(owner)
          await as(stock, publish(own))
          assert.equal(await arrived, own)
        } finally {
          await owner.endAsync(true)
        }
      })

  it('a topic with a newline behind what is allowed is not allowed', async () => {
    assert.equal(await as(ann, publish(`${root}webapp/status/${ann}\n`)), 'closed')
    assert.notEqual(await as(ann, subscribe(`${root}webapp/res/${ann}\n`)), 'allowed')
  })

  it('a session keeps 4 MiB at most, and the latest messages', async () => {
    const own = `${root}webapp/res/${bob}`
    await as(bob, subscribe(own), { clean: false })
    await as(stock, async (client) => {
      for (let count = 1; count <= 100; ++count)
        await client.publishAsync(own, Buffer.concat([Buffer.from(`${count} `), Buffer.alloc(60_000)]), { qos: 1 })
    })
    /** @type {number[]} */
    const kept = []
    const owner = mqtt.connect(broker.url, { clientId: bob, username: bob, password: 'secret', reconnectPeriod: 0, clean: false })
    await new Promise((resolve) =>
      owner.on(
        'message',
        (_, payload) => kept.push(parseInt(payload.toString('latin1', 0, 4), 10)) && kept.at(-1) === 100 && resolve(undefined),
      ),
    )
    await owner.endAsync()
    assert.equal(kept.length, Math.floor((4 * 1024 * 1024) / 60_003))
    assert.equal(kept[0], 101 - kept.length)
  })

  it('a message of more than 1 MiB reaches nobody, and over WebSocket ends its connection', async () => {
    const own = `${root}webapp/res/${ann}`
    const large = Buffer.alloc(1_048_577)
    /** @param {mqtt.MqttClient} client */
    const send = (client) =>
      client.publishAsync(own, large, { qos: 1 }).then(
        () => 'allowed',
        () => 'closed',
      )
    assert.equal(await as(stock, send), 'closed')
    const sender = await connectTo(broker.tcpUrl, { clientId: stock, username: stock })
    sender.publish(own, large, { qos: 1 })
    while (!/message size 1048577 is larger than configured max size 1048576/.test(broker.log()))
      await new Promise((resolve) => setTimeout(resolve, 10))
    await sender.endAsync(true)
  })

  it('a wrong password is no way in', async () => {
    await assert.rejects(connect({ clientId: ann, username: ann, password: 'wrong' }), /closed/)
    await assert.rejects(connect({ clientId: ann, username: ann, password: '' }), /closed/)
    await assert.rejects(connect({ clientId: 'nobody', username: 'nobody' }), /closed/)
  })

  it('neither the user that RabbitMQ comes with nor an administrator gets in from where browsers do', async () => {
    // Behind nginx everybody comes from loopback, which is all that RabbitMQ asks of its guest.
    for (const [username, password] of [
      ['guest', 'guest'],
      ['admin', 'secret'],
      [undefined, undefined],
    ])
      await assert.rejects(connect({ clientId: 'admin', username, password, reconnectPeriod: 0 }), /closed/, username)
    assert.match(broker.log(), /user 'admin': virtual host access not allowed/) // and not for a wrong password
  })

  it('an account that the file has no longer cannot log in, and a new one can as soon as RabbitMQ knows it too', async () => {
    await broker.setLogins(definitions(accounts.slice(1), root))
    await assert.rejects(connect({ clientId: ann, username: ann }), /closed/)
    await broker.setLogins({ users: 'unreadable' })
    await assert.rejects(connect({ clientId: bob, username: bob }), /closed/)
    await broker.setLogins(definitions(accounts, root))
    assert.equal(await as(ann, publish(`${root}webapp/status/${ann}`)), 'allowed')
  })

  it('nobody logs in while there is no answer about who may', async () => {
    await broker.stopLogins()
    await assert.rejects(connect({ clientId: ann, username: ann }), /closed/)
  })

  it('names with dots, which RabbitMQ takes for slashes, are refused', () => {
    const dotted = { role: 'webapp', name: 'acme:ann.lee:aaaa' }
    assert.throws(() => definitions([{ account: dotted, password: 'x' }], root), AccessError)
  })
})

describe('RabbitMQ without login.conf', { timeout: 180_000 }, () => {
  /** @type {Awaited<ReturnType<typeof startRabbitMq>>} */
  let broker
  before(async () => {
    broker = await startRabbitMq({ definitions: definitions(accounts, root) })
  })
  after(() => broker?.close())

  const own = `${root}webapp/res/${bob}`
  const status = `${root}webapp/status/${bob}`

  for (const clean of [true, false])
    it(`who takes a client identifier ends its owner's connection, makes it look offline${clean ? ', and loses its messages' : ''}`, async () => {
      const will = { topic: status, payload: Buffer.from('offline'), qos: /** @type {const} */ (1), retain: true }
      const watcher = await connectTo(broker.url, { clientId: stock, username: stock })
      await watcher.subscribeAsync(status, { qos: 1 })
      const owner = await connectTo(broker.url, { clientId: bob, username: bob, clean, will })
      await owner.subscribeAsync(own, { qos: 1 })
      const closed = new Promise((resolve) => owner.once('close', () => resolve(undefined)))
      const offline = new Promise((resolve) => watcher.on('message', (topic, _, { retain }) => retain || resolve(topic)))
      // The session of bob is closed to ann, who is turned away, but not before bob was disconnected.
      await assert.rejects(connectTo(broker.url, { clientId: bob, username: ann, clean: false }), /closed/)
      await closed
      assert.equal(await offline, status)
      await watcher.publishAsync(own, 'meanwhile', { qos: 1 })

      /** @type {string[]} */
      const received = []
      const again = mqtt.connect(broker.url, { clientId: bob, username: bob, password: 'secret', reconnectPeriod: 0, clean })
      again.on('message', (_, payload) => received.push(payload.toString()))
      await again.subscribeAsync(own, { qos: 1 })
      const last = new Promise((resolve) => again.on('message', (_, payload) => payload.toString() === 'last' && resolve(undefined)))
      await watcher.publishAsync(own, 'last', { qos: 1 })
      await last
      assert.deepEqual(received, clean ? ['last'] : ['meanwhile', 'last'])
      await watcher.endAsync()
      await again.endAsync()
    })
})
