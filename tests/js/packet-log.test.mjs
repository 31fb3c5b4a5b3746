// What the log option reports of packets: their names, however the stream is cut, and never what is secret.
import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { startBroker } from '../support/broker.mjs'
import { importSource } from './support/sources.mjs'

const { packetReader, packetText } = await importSource('packet-log')
const { connect } = await import(new URL('../../dist/index.js', import.meta.url).href)

/** @param {string} hex @param {number} [size] how many bytes come at once */
function texts(hex, size = 1000) {
  const bytes = Uint8Array.from(Buffer.from(hex.replaceAll(' ', ''), 'hex'))
  const read = packetReader()
  const all = []
  for (let at = 0; at < bytes.length; at += size) all.push(...read(bytes.subarray(at, at + size)))
  return all.map((packet) => packetText(packet, true))
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

  it('are kept no longer than their heads', () => {
    const body = `c350${'61'.repeat(50_000)}${'78'.repeat(20_468)}`
    const [text] = texts(`30c6a604${body}`, 1000)
    assert.equal(text, `Sent PUBLISH "${'a'.repeat(250)}", 70474 bytes.`)
  })

  it('end with bytes that are no MQTT', () => {
    assert.deepEqual(texts('30ffffffffff c000 c000'), [])
  })

  it('keep controls of a peer from the console', () => {
    assert.deepEqual(texts('300a 0006 1b5b324a0a22 7878'), ['Sent PUBLISH "\\u001b[2J\\n\\"", 12 bytes.'])
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
