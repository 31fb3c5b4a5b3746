// What one account can do to Mosquitto with the shipped configuration, and to those who share it.
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { connect, createServer } from 'node:net'
import { afterEach, describe, it } from 'node:test'
import mqtt from 'mqtt'
import { dynamicSecurityRemoval } from '../../deploy/access/mosquitto.mjs'
import { ann, bob, root } from '../access/expectations.mjs'
import { startDeployedMosquitto } from '../support/deployed-mosquitto.mjs'

describe("Mosquitto's limits", { timeout: 120_000 }, () => {
  /** @type {Awaited<ReturnType<typeof startDeployedMosquitto>>} */
  let broker
  /** @type {mqtt.MqttClient[]} */
  let clients = []

  /** @param {Parameters<typeof startDeployedMosquitto>[0]} [options] */
  async function start(options) {
    broker = await startDeployedMosquitto(options)
    for (const name of [ann, bob]) await broker.add({ role: 'webapp', name }, root)
    await broker.add({ role: 'service', name: 'orders' }, root)
  }

  afterEach(async () => {
    await Promise.all(clients.map((client) => client.endAsync(true)))
    clients = []
    await broker?.close()
  })

  /** @param {string} username @param {mqtt.IClientOptions} [options] */
  function join(username, options = {}, url = broker.tcpUrl) {
    const client = mqtt.connect(url, {
      clientId: username,
      username,
      password: 'secret',
      protocolVersion: 5,
      reconnectPeriod: 0,
      ...options,
    })
    client.on('error', () => {})
    clients.push(client)
    return client
  }

  /** @param {mqtt.MqttClient} client */
  const closing = (client) => new Promise((resolve) => client.once('close', () => resolve('closed')))

  it('a packet of more than 64 KB is refused, and one of less arrives', async () => {
    await start()
    const service = join('service:orders')
    const page = join(bob)
    /** @type {mqtt.IConnackPacket} */
    const connack = await new Promise((resolve) => page.once('connect', resolve))
    assert.equal(connack.properties?.maximumPacketSize, 65_536)
    const own = `${root}webapp/res/${bob}`
    await page.subscribeAsync(own, { qos: 1 })
    /** @type {number[]} */
    const sizes = []
    page.on('message', (_, payload) => sizes.push(payload.length))
    await service.publishAsync(own, Buffer.alloc(65_000), { qos: 1 })
    const closed = closing(service)
    service.publish(own, Buffer.alloc(65_537), { qos: 1 })
    await closed
    await join('service:orders').publishAsync(own, 'after', { qos: 1 })
    while (sizes.at(-1) !== 5) await new Promise((resolve) => page.once('message', resolve))
    assert.deepEqual(sizes, [65_000, 5])
  })

  it('a large message goes to a page in pieces, for which it waits', async (t) => {
    await start()
    let pieces = 0
    const relay = createServer((client) => {
      const upstream = connect(Number(new URL(broker.url).port), '127.0.0.1')
      for (const socket of [client, upstream]) socket.on('error', () => {})
      client
        .pipe(upstream)
        .on('data', () => ++pieces)
        .pipe(client)
    })
    await once(relay.listen(0, '127.0.0.1'), 'listening')
    t.after(() => relay.close())
    const url = broker.url.replace(/:\d+/, `:${/** @type {import('node:net').AddressInfo} */ (relay.address()).port}`)
    const page = join(bob, {}, url)
    const own = `${root}webapp/res/${bob}`
    await page.subscribeAsync(own, { qos: 1 })
    const service = join('service:orders')
    // What is sent as one is read as one, two or three; a machine that is busy reads several pieces as one.
    for (let most = 0; most < 6; most = Math.max(most, pieces)) {
      pieces = 0
      const arrived = new Promise((resolve) => page.once('message', resolve))
      await service.publishAsync(own, Buffer.alloc(60_000), { qos: 1 })
      await arrived
    }
  })

  it('what waits for a client is bounded, and the first messages are kept', async () => {
    await start()
    const own = `${root}webapp/res/${bob}`
    const session = { clean: false, properties: { sessionExpiryInterval: 60 } }
    const page = join(bob, session)
    await page.subscribeAsync(own, { qos: 1 })
    await page.endAsync()
    const service = join('service:orders')
    for (let count = 1; count <= 400; ++count) await service.publishAsync(own, Buffer.alloc(60_000, String(count)), { qos: 1 })
    const again = join(bob, session)
    /** @type {number[]} */
    const kept = []
    again.on('message', (_, payload) => kept.push(payload.length))
    await again.subscribeAsync(own, { qos: 1 })
    await service.publishAsync(own, 'last', { qos: 1 })
    while (kept.at(-1) !== 4) await new Promise((resolve) => again.once('message', resolve))
    assert.equal(kept.length - 1, Math.ceil((4 * 1024 * 1024) / 60_000))
  })

  it('a client that fills the memory with retained messages is disconnected, and the others continue', async () => {
    const dataLimit = 32 * 1024 * 1024
    await start({ dataLimit })
    const [page, service] = [join(bob), join('service:orders')]
    const own = `${root}webapp/res/${bob}`
    await page.subscribeAsync(own, { qos: 1 })
    const intruder = join(ann)
    let isOpen = true
    const closed = closing(intruder).then(() => (isOpen = false))
    for (let count = 0; isOpen; ++count) {
      assert.ok(count < 2000, '120 MB were taken')
      const topic = `${root}webapp/peer/${count}/${ann}` // one's own to write, and nothing in Mosquitto can forbid the flag
      await Promise.race([intruder.publishAsync(topic, Buffer.alloc(60_000), { qos: 1, retain: true }).catch(() => {}), closed])
    }
    const status = await readFile(`/proc/${broker.pid()}/status`, 'utf8')
    assert.ok(Number(/VmData:\s+(\d+)/.exec(status)?.[1]) * 1024 <= dataLimit, status)
    const arrived = new Promise((resolve) => page.once('message', (_, payload) => resolve(payload.toString())))
    await service.publishAsync(own, 'still', { qos: 1 })
    assert.equal(await arrived, 'still')
    assert.ok(page.connected && service.connected)
  })

  it('compose bounds the memory', async () => {
    const compose = await readFile(new URL('../../deploy/compose.yaml', import.meta.url), 'utf8')
    const [, mosquitto = ''] = /\n {2}mosquitto:\n((?: {4}.*\n)+)/.exec(compose) ?? []
    assert.match(mosquitto, /\n {4}ulimits:\n {6}data: 536870912\n/)
  })

  it('accounts can be added and removed any number of times', async () => {
    await start()
    for (let count = 0; count < 20; ++count) {
      const account = { role: 'webapp', name: `acme:eve:${1000 + count}` }
      await broker.add(account, root)
      await broker.command(dynamicSecurityRemoval(account))
    }
    await join(ann).publishAsync(`${root}webapp/status/${ann}`, 'x', { qos: 1 })
  })

  it('memory_limit, which would shut everybody out after some accounts, is not used', async () => {
    await assert.rejects(async () => {
      await start({ settings: ['memory_limit 536870912'] })
      for (let count = 0; count < 20; ++count) await broker.add({ role: 'webapp', name: `acme:eve:${1000 + count}` }, root)
    }, /due to out of memory/)
  })
})
