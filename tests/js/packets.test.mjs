// Packets as a log, `mq.packets()` and the performance tools show them: however the stream is cut, and never what is secret.
import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { PerformanceObserver } from 'node:perf_hooks'
import { startBroker } from '../support/broker.mjs'
import { importSource } from './support/sources.mjs'

const { PacketReader } = await importSource('packets/reader')
const { packetOf, packetText } = await importSource('packets/packet')
const { connect } = await import(new URL('../../dist/index.js', import.meta.url).href)

/** @param {string} hex @param {number} [size] how many bytes come at once */
function texts(hex, size = 1000) {
  const bytes = Uint8Array.from(Buffer.from(hex.replaceAll(' ', ''), 'hex'))
  return packetsOf(bytes, size).map((packet) => packetText(packet))
}

/** @param {Uint8Array} bytes @param {number} size */
function packetsOf(bytes, size) {
  const reader = new PacketReader()
  const all = []
  for (let at = 0; at < bytes.length; at += size) all.push(...reader.push(bytes.subarray(at, at + size)))
  return all.map(({ first, body, size: whole }) => packetOf(first, body, whole, true, 5))
}

describe('packets', () => {
  it('are named with what matters', () => {
    assert.deepEqual(texts('8209 0007 00 0003612f23 01 330a 0003612f62 0009 00 6869 c000 4002 0009 5003 0009 97 e001 8e 2003 00 05 00'), [
      'Sent SUBSCRIBE, packet identifier 7, 11 bytes.',
      'Sent PUBLISH "a/b", packet identifier 9, 12 bytes.',
      'Sent PINGREQ, 2 bytes.',
      'Sent PUBACK, packet identifier 9, 4 bytes.',
      'Sent PUBREC, packet identifier 9, reason code 0x97, 5 bytes.',
      'Sent DISCONNECT, reason code 0x8e, 3 bytes.',
      'Sent CONNACK, reason code 0x05, 5 bytes.',
    ])
  })

  it('are the same however the stream is cut', () => {
    const hex = '8209 0007 00 0003612f23 01 330a 0003612f62 0009 00 6869 c000 e001 8e'
    for (const size of [1, 2, 3, 5]) assert.deepEqual(texts(hex, size), texts(hex))
  })

  it('have the beginning of a long topic name', () => {
    const [text] = texts(`308303 012c${'61'.repeat(300)}00${'78'.repeat(84)}`)
    assert.equal(text, `Sent PUBLISH "${'a'.repeat(250)}", 390 bytes.`)
  })

  it('end with bytes that are no MQTT', () => {
    assert.deepEqual(texts('30ffffffffff c000 c000'), [])
  })

  it('keep controls of a peer from the console', () => {
    assert.deepEqual(texts('300b 0006 1b5b324a0a22 00 7878'), ['Sent PUBLISH "\\u001b[2J\\n\\"", 13 bytes.'])
  })
})

describe('the log of a connection', () => {
  /** @type {import('../support/broker.mjs').Broker} */
  let broker
  before(async () => (broker = await startBroker({ users: { ann: 'secret-word' } })))
  after(() => broker.close())

  for (const protocolVersion of [4, 5])
    it(`has every packet at the level debug, protocol version ${protocolVersion}`, async () => {
      /** @type {string[]} */
      const debug = []
      const log = { debug: (/** @type {string} */ text) => debug.push(text.replace(/, \d+ bytes\.$/, '')) }
      const credentials = { username: 'ann', password: 'secret-word' }
      const mq = await connect(broker.url, { log, protocolVersion, credentials })
      await mq.subscribe('a/+', { qos: 1 }, () => {}).ready
      await mq.publish('a/1', 'payload-text', { qos: 1 })
      await mq.disconnect()
      assert.deepEqual(debug.slice(0, 2), ['Sent CONNECT', 'Received CONNACK, reason code 0x00'])
      for (const expected of [/^Sent SUBSCRIBE, packet id/, /^Received SUBACK, packet id/, /^Sent PUBLISH "a\/1", packet id/, /^Received PUBACK, packet id/, /^Received PUBLISH "a\/1"/])
        assert.ok(debug.some((text) => expected.test(text)), `${expected} in ${debug.join('\n')}`) // prettier-ignore
      assert.equal(debug.at(-1)?.startsWith('Sent DISCONNECT'), true)
      assert.doesNotMatch(debug.join('\n'), /secret-word|payload-text|ann/)
    })

  it('has none where nobody wants them', async () => {
    const mq = await connect(broker.url, { log: { info: () => {} }, credentials: { username: 'ann', password: 'secret-word' } })
    await mq.publish('a', 'x', { qos: 1 })
    await mq.disconnect()
  })
})

describe('mq.packets()', () => {
  /** @type {import('../support/broker.mjs').Broker} */
  let broker
  before(async () => (broker = await startBroker({ users: { ann: 'secret-word' } })))
  after(() => broker.close())
  const credentials = { username: 'ann', password: 'secret-word' }

  it('has the packets since the first, decoded, without credentials', async () => {
    const mq = await connect(broker.url, { packets: true, credentials, clientId: 'me', keepAlive: 7 })
    await mq.subscribe(['a/+', 'b'], { qos: 1 }, () => {}).ready
    await mq.publish('a/1', 'hello', { qos: 2, retain: true, properties: { contentType: 'text/plain' } })
    const packets = mq.packets()
    const find = (/** @type {string} */ name, isSent = true) =>
      packets.find((/** @type {any} */ packet) => packet.name === name && packet.isSent === isSent)
    assert.deepEqual(packets.slice(0, 2).map((/** @type {any} */ { name }) => name), ['CONNECT', 'CONNACK']) // prettier-ignore
    const { clientId, keepAlive, cleanStart } = find('CONNECT')
    assert.deepEqual({ clientId, keepAlive, cleanStart }, { clientId: 'me', keepAlive: 7, cleanStart: true })
    assert.equal(find('CONNACK', false).sessionPresent, false)
    assert.deepEqual(find('SUBSCRIBE').filters, ['a/+', 'b'])
    assert.deepEqual(find('SUBACK', false).reasonCodes, [1, 1])
    const publish = find('PUBLISH')
    assert.deepEqual(
      [publish.topic, publish.qos, publish.retain, Buffer.from(publish.payload).toString(), publish.properties.contentType],
      ['a/1', 2, true, 'hello', 'text/plain'],
    )
    assert.equal(find('PUBCOMP', false).packetIdentifier, publish.packetIdentifier)
    assert.ok(packets.every((/** @type {any} */ { at }) => Math.abs(at - Date.now()) < 60_000))
    assert.doesNotMatch(JSON.stringify(packets), /secret-word|"ann"/)
    await mq.publish('a/1', '', { qos: 1, retain: true })
    await mq.disconnect()
  })

  it('keeps the latest, as many as wanted, and emits each', async () => {
    /** @type {any[]} */
    const seen = []
    const prepare = (/** @type {any} */ mq) => mq.on('packet', (/** @type {any} */ packet) => seen.push(packet))
    const mq = await connect(broker.url, { packets: 3, credentials, prepare })
    for (let index = 0; index < 5; index++) await mq.publish(`t/${index}`, 'x', { qos: 1 })
    assert.deepEqual(mq.packets(), seen.slice(-3))
    assert.equal(seen.length, 12)
    await mq.disconnect()
  })

  it('is empty where the option is not set', async () => {
    const mq = await connect(broker.url, { credentials })
    assert.deepEqual(mq.packets(), [])
    await mq.disconnect()
    for (const packets of [-1, 0.5, 100_001, 'all'])
      await assert.rejects(connect(broker.url, { packets }), { code: 'invalid_argument', message: /^packets is/ })
  })
})

describe('what a peer sends to a connection whose packets are kept', () => {
  it('costs no more than a few KiB a packet, whatever its length says', () => {
    const bytes = new Uint8Array(1 << 20)
    bytes.set([0x30, 0xfc, 0xff, 0x3f, 0, 1, 0x61, 0])
    const [packet] = packetsOf(bytes, 10_000)
    assert.equal(packet.topic, 'a')
    assert.ok(packet.payload.buffer.byteLength <= 4096)
  })

  it('is named even if it is malformed', () => {
    const [packet] = packetsOf(Uint8Array.from([0x30, 3, 0, 9, 0x61]), 100)
    assert.deepEqual([packet.name, packet.size, packet.topic], ['PUBLISH', 5, undefined])
  })
})

describe('timings', () => {
  it('measure what is answered, and leave nothing behind', async () => {
    const broker = await startBroker()
    /** @type {string[]} */
    const names = []
    const observer = new PerformanceObserver((list) => names.push(...list.getEntries().map(({ name }) => name)))
    observer.observe({ entryTypes: ['measure'] })
    const mq = await connect(broker.url, { timings: true })
    await mq.subscribe('a/+', () => {}).ready
    await Promise.all([mq.publish('a/1', 'x', { qos: 1 }), mq.publish('a/2', 'x', { qos: 2 }), mq.publish('a/3', 'x')])
    await mq.disconnect()
    await broker.close()
    while (names.length < 4) await new Promise((resolve) => setImmediate(resolve))
    observer.disconnect()
    assert.deepEqual(
      names.sort(),
      ['CONNECT', 'PUBLISH a/1', 'PUBLISH a/2', 'SUBSCRIBE a/+'].map((name) => `websocket-mq: ${name}`),
    )
    assert.deepEqual(performance.getEntriesByType('measure'), [])
  })
})
