import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { after, before, describe, it } from 'node:test'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import mqtt from 'mqtt'
import { administrator, dynamicSecurityRemoval } from '../../deploy/access/mosquitto.mjs'
import { connectOnce } from '../support/connect-once.mjs'
import { startDeployedMosquitto } from '../support/deployed-mosquitto.mjs'
import { startDeployedSite } from '../support/deployed-site.mjs'
import { startProxy } from '../support/proxy.mjs'
import { ann, bob, root, service as serviceRules, webapp } from './expectations.mjs'

const notAuthorised = 0x87
const generator = fileURLToPath(new URL('../../deploy/access/generate.mjs', import.meta.url))
const run = promisify(execFile)

/** @typedef {Awaited<ReturnType<typeof startDeployedMosquitto>>} Broker */

describe('Mosquitto with the shipped configuration and access rules', { timeout: 120_000 }, () => {
  /** @type {Broker} */
  let broker
  /** @type {mqtt.MqttClient[]} */
  let clients = []

  /**
   * @param {string} username
   * @param {mqtt.IClientOptions} [options]
   */
  const join = (username, options = {}) => enter(broker.url, { clientId: username, username, ...options })

  /**
   * @param {string} url
   * @param {mqtt.IClientOptions} options
   */
  async function enter(url, options) {
    const client = await connectOnce(url, { password: 'secret', protocolVersion: 5, ...options })
    clients.push(client)
    return client
  }

  /** The reason code of a publish at QoS 1. @param {mqtt.MqttClient} client @param {string} topic @param {mqtt.IClientPublishOptions} [options] */
  const publish = (client, topic, options) =>
    client.publishAsync(topic, 'x', { qos: 1, ...options }).then(
      (packet) => /** @type {any} */ (packet)?.reasonCode ?? 0,
      (error) => error.code,
    )

  /** The reason code of a subscription. @param {mqtt.MqttClient} client @param {string} filter @returns {Promise<number>} */
  const subscribe = (client, filter) =>
    new Promise((resolve) =>
      client.subscribe(filter, { qos: 1 }, (/** @type {any} */ error, granted, packet) =>
        resolve(error?.code ?? /** @type {any} */ (packet)?.granted?.[0] ?? granted?.[0]?.qos),
      ),
    )

  /** The next message's topic. @param {mqtt.MqttClient} client @returns {Promise<string>} */
  const nextTopic = (client) => new Promise((resolve) => client.once('message', resolve))

  before(async () => {
    broker = await startDeployedMosquitto()
    for (const name of [ann, bob, 'acme:ann:cccc']) await broker.add({ role: 'webapp', name }, root)
    await broker.add({ role: 'service', name: 'orders/one' }, root)
    await broker.add({ role: 'service', name: 'orders/two' }, root)
    await broker.add({ role: 'service', name: 'stock' }, root)
    await broker.add({ role: 'backend', name: 'old/one' }, root)
    await broker.add({ role: 'device', name: 'SN1' }, root)
    await broker.add({ role: 'janitor', name: 'one' }, root)
    await broker.add({ role: 'webapp', name: 'acme:ann:t2t2' }, 'app/other/')
  })
  after(() => broker?.close())

  /** @param {string} title @param {() => Promise<void>} test */
  const scenario = (title, test) =>
    it(title, async () => {
      clients = []
      try {
        await test()
      } finally {
        await Promise.all(clients.map((client) => client.endAsync(true)))
      }
    })

  for (const topic of webapp.cannotPublish) {
    scenario(`a webapp cannot publish ${topic}`, async () => {
      const client = await join(ann)
      assert.equal(await publish(client, topic), notAuthorised)
      assert.equal(await publish(client, topic, { retain: true }), notAuthorised)
    })
  }

  for (const topic of webapp.publishes) {
    scenario(`a webapp can publish ${topic}`, async () => {
      const code = await publish(await join(ann), topic)
      assert.ok(code === 0 || code === 0x10, `reason ${code}`)
    })
  }

  for (const filter of [...webapp.cannotSubscribe, ...webapp.cannotShare, '$SYS/#', '$CONTROL/dynamic-security/v1/response']) {
    scenario(`a webapp cannot subscribe ${filter}`, async () => assert.equal(await subscribe(await join(ann), filter), notAuthorised))
  }

  for (const filter of webapp.subscribes) {
    scenario(`a webapp can subscribe ${filter}`, async () => assert.equal(await subscribe(await join(ann), filter), 1))
  }

  scenario('a webapp cannot connect under the uid of another, nor under another one of its own account', async () => {
    for (const clientId of [bob, 'acme:ann:zzzz', 'acme:ann:cccc', '']) {
      const attempt = enter(broker.tcpUrl, { clientId, username: ann })
      await assert.rejects(attempt, /Not authorized|Client identifier/i, `as "${clientId}"`)
    }
  })

  scenario('at the listener for browsers it is itself, whatever it asks for', async () => {
    const self = await join(ann)
    const displaced = new Promise((resolve) => self.once('close', () => resolve(undefined)))
    const again = await join(ann, { clientId: bob })
    await displaced
    assert.equal(await subscribe(again, `${root}webapp/res/${ann}`), 1)
    assert.equal(await subscribe(again, `${root}webapp/res/${bob}`), notAuthorised)
  })

  scenario('an attempt to take a uid leaves its owner connected', async () => {
    const owner = await join(bob)
    await assert.rejects(enter(broker.tcpUrl, { clientId: bob, username: ann }), /Not authorized/i)
    await join(ann, { clientId: bob })
    assert.equal(await subscribe(owner, `${root}webapp/res/${bob}`), 1)
  })

  scenario('the administrator comes in at the listener for services, and at none that nginx passes on', async () => {
    const account = { username: 'admin', password: 'admin' }
    await enter(broker.tcpUrl, { ...account, clientId: administrator })
    const nginx = await startDeployedSite({ brokerPort: broker.webSocketPort })
    try {
      const ca = await readFile(nginx.authority)
      for (const clientId of ['admin', administrator, ann, ''])
        for (const protocolVersion of /** @type {const} */ ([4, 5]))
          await assert.rejects(
            enter(nginx.webSocketUrl, { ...account, ca, clientId, protocolVersion }),
            /Not authorized/i,
            `as "${clientId}"`,
          )
    } finally {
      await nginx.close()
    }
  })

  for (const username of ['service:orders:one', 'service:stock', 'backend:old:one', 'janitor:one', 'SN1']) {
    scenario(`${username} cannot take the client identifier of another, nor what waits in its session`, async () => {
      const own = `${root}webapp/res/${bob}`
      const session = { clean: false, properties: { sessionExpiryInterval: 60 } }
      let owner = await join(bob, session)
      await subscribe(owner, own)
      for (const clientId of [bob, 'service:orders:two', 'orders-1'])
        await assert.rejects(enter(broker.tcpUrl, { username, clientId }), /Not authorized/i, `as "${clientId}"`)
      assert.ok(owner.connected)
      await owner.endAsync()
      assert.equal(await publish(await join('service:orders:two'), own), 0) // waits in the session of bob
      for (const clean of [false, true]) await assert.rejects(enter(broker.tcpUrl, { username, clientId: bob, clean }), /Not authorized/i)
      owner = mqtt.connect(broker.url, {
        clientId: bob,
        username: bob,
        password: 'secret',
        protocolVersion: 5,
        reconnectPeriod: 0,
        ...session,
      })
      clients.push(owner)
      assert.equal(await nextTopic(owner), own)
    })
  }

  scenario('instances of a service are accounts of their own, and share its requests', async () => {
    const filter = `$share/orders/${root}webapp/req/orders/+`
    const instances = [await join('service:orders:one'), await join('service:orders:two')]
    /** @type {Map<mqtt.MqttClient, number>} */
    const received = new Map()
    for (const instance of instances) {
      assert.equal(await subscribe(instance, filter), 1)
      instance.on('message', () => received.set(instance, (received.get(instance) ?? 0) + 1))
    }
    const caller = await join(ann)
    for (let count = 0; count < 10; ++count) await publish(caller, `${root}webapp/req/orders/${ann}`)
    for (const instance of instances) await instance.unsubscribeAsync(filter) // answered after everything before it
    assert.deepEqual([...received.values()], [5, 5])
  })

  scenario('an account that was taken away is one instance, and not the service', async () => {
    const account = { role: 'service', name: 'orders/three' }
    await broker.add(account, root)
    const [two, three] = [await join('service:orders:two'), await join('service:orders:three')]
    const closed = new Promise((resolve) => three.once('close', () => resolve(undefined)))
    await broker.command(dynamicSecurityRemoval(account))
    await closed
    assert.equal(await subscribe(two, `$share/orders/${root}webapp/req/orders/+`), 1)
  })

  scenario('nobody connects without a password, or with a wrong one', async () => {
    await assert.rejects(join(ann, { password: 'wrong' }), /Not authorized/i)
    await assert.rejects(connectOnce(broker.url, { clientId: ann, protocolVersion: 5 }), /Not authorized/i)
  })

  for (const protocolVersion of /** @type {const} */ ([4, 5])) {
    scenario(`a last will in another's name is never published, MQTT ${protocolVersion}`, async () => {
      const watcher = await join(bob)
      await subscribe(watcher, `${root}webapp/status/+`)
      /** @type {string[]} */
      const seen = []
      watcher.on('message', (topic) => seen.push(topic))
      const will = { topic: `${root}webapp/status/${bob}`, payload: Buffer.from('gone'), qos: /** @type {const} */ (1), retain: true }
      const bad = await join(ann, { will, protocolVersion }).catch(() => undefined)
      bad?.stream.destroy() // without DISCONNECT
      const own = await join('acme:ann:cccc', { will: { ...will, topic: `${root}webapp/status/acme:ann:cccc` }, protocolVersion })
      const arrived = nextTopic(watcher)
      own.stream.destroy()
      assert.equal(await arrived, `${root}webapp/status/acme:ann:cccc`)
      assert.deepEqual(
        seen.filter((topic) => topic.endsWith(bob)),
        [],
      )
    })
  }

  scenario('a request, its response and a message between peers arrive', async () => {
    const [a, b] = [await join(ann), await join(bob)]
    const service = await connectOnce(broker.tcpUrl, {
      clientId: 'service:orders:one',
      username: 'service:orders:one',
      password: 'secret',
    })
    clients.push(service)
    assert.equal(await subscribe(service, `$share/orders/${root}webapp/req/orders/+`), 1)
    await subscribe(a, `${root}webapp/res/${ann}`)
    await subscribe(b, `${root}webapp/peer/${bob}/+`)
    service.once('message', (topic) => void service.publish(`${root}webapp/res/${topic.split('/').at(-1)}`, 'done', { qos: 1 }))
    const response = nextTopic(a)
    assert.equal(await publish(a, `${root}webapp/req/orders/${ann}`), 0)
    assert.equal(await response, `${root}webapp/res/${ann}`)
    const message = nextTopic(b)
    assert.equal(await publish(a, `${root}webapp/peer/${bob}/${ann}`), 0)
    assert.equal(await message, `${root}webapp/peer/${bob}/${ann}`)
  })

  scenario('a service answers, announces itself and reads the requests to itself, and to no other', async () => {
    const stock = await join('service:stock')
    for (const filter of [...serviceRules.cannotSubscribe, ...serviceRules.cannotSubscribe.map((each) => `$share/stock/${each}`)])
      assert.equal(await subscribe(stock, filter), notAuthorised, filter)
    for (const filter of [...serviceRules.subscribes, `$share/stock/${root}webapp/req/stock/+`])
      assert.equal(await subscribe(stock, filter), 1, filter)
    for (const topic of serviceRules.cannotPublish) assert.equal(await publish(stock, topic), notAuthorised, topic)
    for (const topic of serviceRules.publishes) assert.notEqual(await publish(stock, topic), notAuthorised, topic)
  })

  scenario('a device publishes its own status and nothing else', async () => {
    const device = await join('SN1')
    assert.notEqual(await publish(device, `${root}device/status/SN1`), notAuthorised)
    assert.equal(await publish(device, `${root}device/status/SN2`), notAuthorised)
    assert.equal(await publish(device, `${root}webapp/status/SN1`), notAuthorised)
    assert.equal(await publish(await join(ann), `${root}device/status/SN1`), notAuthorised)
    assert.equal(await publish(await join(ann), `${root}device/status/${ann}`), notAuthorised)
  })

  scenario('one tenant does not reach into another, nor into the root around it', async () => {
    const client = await join('acme:ann:t2t2')
    assert.equal(await publish(client, `${root}webapp/status/acme:ann:t2t2`), notAuthorised)
    assert.equal(await subscribe(client, `${root}webapp/status/+`), notAuthorised)
    assert.equal(await subscribe(client, 'app/other/webapp/status/+'), 1)
  })

  scenario('the janitor clears records and reads nothing but presence', async () => {
    const janitor = await join('janitor:one')
    assert.notEqual(await publish(janitor, `${root}webapp/status/${bob}`, { retain: true }), notAuthorised)
    assert.equal(await subscribe(janitor, `${root}webapp/res/${bob}`), notAuthorised)
  })

  scenario('an account that was taken away is disconnected and does not come back', async () => {
    const account = { role: 'webapp', name: 'acme:eve:eeee' }
    await broker.add(account, root)
    const eve = await join(account.name)
    const closed = new Promise((resolve) => eve.once('close', () => resolve(undefined)))
    await broker.command(dynamicSecurityRemoval(account))
    await closed
    await assert.rejects(join(account.name), /Not authorized/i)
  })

  scenario('accounts come from npm run access by mosquitto_pub, as docs/deployment.md says', async () => {
    const { stdout: commands } = await run(process.execPath, [generator, '--broker', 'mosquitto', '--account', 'device=SN2'], {
      env: { ...process.env, ACCESS_PASSWORD: 'secret' },
    })
    const admin = ['-i', administrator, '-u', 'admin', '-P', 'admin', '-t', '$CONTROL/dynamic-security/v1', '-l']
    const publishing = run('mosquitto_pub', ['-h', '127.0.0.1', '-p', new URL(broker.tcpUrl).port, ...admin])
    publishing.child.stdin?.end(commands)
    await publishing
    const entering = () => enter(broker.tcpUrl, { clientId: 'SN2', username: 'SN2' }).catch(() => undefined)
    while (!(await entering()));
  })

  scenario('devices connect by TLS, and browsers through nginx at /ws_mqtt', async () => {
    const ca = await readFile(broker.authority)
    const device = await connectOnce(broker.tlsUrl, { ca, clientId: 'SN1', username: 'SN1', password: 'secret' })
    clients.push(device)
    const nginx = await startProxy({ brokerPort: broker.webSocketPort, root: fileURLToPath(new URL('../../demo', import.meta.url)) })
    try {
      const page = await connectOnce(nginx.webSocketUrl, {
        ca: await readFile(nginx.authority),
        clientId: ann,
        username: ann,
        password: 'secret',
      })
      assert.equal(await subscribe(page, `${root}webapp/res/${ann}`), 1)
      await page.endAsync()
    } finally {
      await nginx.close()
    }
  })
})
