import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import mqtt from 'mqtt'
import { definitions } from '../../deploy/access/rabbitmq.mjs'
import { AccessError } from '../../deploy/access/rules.mjs'
import { ann, bob, root, service, webapp } from '../access/expectations.mjs'
import { startRabbitMq } from '../support/rabbitmq.mjs'

const accounts = [
  { role: 'webapp', name: ann },
  { role: 'webapp', name: bob },
  { role: 'service', name: 'stock' },
  { role: 'device', name: 'SN1' },
].map((account) => ({ account, password: 'secret' }))

describe('RabbitMQ with the shipped configuration and access rules', { timeout: 180_000 }, () => {
  /** @type {Awaited<ReturnType<typeof startRabbitMq>>} */
  let broker
  before(async () => {
    const generated = definitions(accounts, root)
    const [someone] = generated.users
    const administrator = { .../** @type {object} */ (someone), name: 'admin', tags: ['administrator'] }
    broker = await startRabbitMq({ definitions: { ...generated, users: [...generated.users, administrator] } })
  })
  after(() => broker?.close())

  /** Rejects where the connection is closed instead: connectAsync would wait for ever. @param {mqtt.IClientOptions} options @returns {Promise<mqtt.MqttClient>} */
  function connect(options) {
    const client = mqtt.connect(broker.url, options)
    client.on('error', () => {})
    return new Promise((resolve, reject) => {
      client.once('connect', () => resolve(client))
      client.once('close', () => reject(new Error('closed without an answer')))
    })
  }

  /**
   * Does something over a connection of its own. RabbitMQ answers what it forbids by closing that.
   * @param {string} username
   * @param {(client: mqtt.MqttClient) => Promise<unknown>} what
   * @param {mqtt.IClientOptions} [options]
   * @returns {Promise<unknown>}
   */
  async function as(username, what, options = {}) {
    const client = await connect({ clientId: username, username, password: 'secret', reconnectPeriod: 0, ...options })
    try {
      return await Promise.race([new Promise((resolve) => client.once('close', () => resolve('closed'))), what(client)])
    } finally {
      await client.endAsync(true)
    }
  }

  /** @param {string} topic */
  const publish = (topic) => (/** @type {mqtt.MqttClient} */ client) =>
    client.publishAsync(topic, 'x', { qos: 1 }).then(
      () => 'allowed',
      () => 'closed',
    )
  /** @param {string} filter */
  const subscribe = (filter) => (/** @type {mqtt.MqttClient} */ client) =>
    client.subscribeAsync(filter, { qos: 1 }).then(
      ([granted]) => (granted?.qos === 1 ? 'allowed' : 'refused'),
      () => 'refused',
    )

  for (const [name, rules] of /** @type {const} */ ([
    [ann, webapp],
    ['service:stock', service],
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

  it('a webapp under the client identifier of another can neither subscribe nor take up its session', async () => {
    const own = `${root}webapp/res/${bob}`
    await as(bob, subscribe(own), { clean: false })
    await as('service:stock', publish(own)) // waits in the session of bob
    /** @type {string[]} */
    const stolen = []
    const thief = await as(
      ann,
      async (client) => {
        client.on('message', (topic) => stolen.push(topic))
        return subscribe(`${root}webapp/res/${ann}`)(client)
      },
      { clientId: bob, clean: false },
    ).catch(() => 'refused')
    assert.notEqual(thief, 'allowed')
    assert.deepEqual(stolen, [])
    const rightful = await as(bob, (client) => new Promise((resolve) => client.once('message', resolve)), { clean: false })
    assert.equal(rightful, own)
  })

  it('a client identifier can be taken, which disconnects its owner: RabbitMQ has no rule against that', async () => {
    const owner = await connect({ clientId: bob, username: bob, password: 'secret', reconnectPeriod: 0 })
    const closed = new Promise((resolve) => owner.once('close', () => resolve(undefined)))
    const taker = await connect({ clientId: bob, username: ann, password: 'secret', reconnectPeriod: 0 })
    await closed
    await taker.endAsync(true)
  })

  it('a wrong password is no way in', async () => {
    await assert.rejects(connect({ clientId: ann, username: ann, password: 'wrong', reconnectPeriod: 0 }), /closed/)
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

  it('names with dots, which RabbitMQ takes for slashes, are refused', () => {
    const dotted = { role: 'webapp', name: 'acme:ann.lee:aaaa' }
    assert.throws(() => definitions([{ account: dotted, password: 'x' }], root), AccessError)
  })
})
