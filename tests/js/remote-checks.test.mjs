// The page refuses what the module would refuse: the two are compared on many inputs.
import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { startBroker } from '../support/broker.mjs'
import { WebSocket } from 'ws'
import { importSource } from './support/sources.mjs'

const { checkTopic, checkFilter, checkedPayload, checkPublishProperties, checkSubscribeProperties, checkQos } =
  await importSource('remote/checks')
const { default: createModule } = await import('../../dist/wsmq.embedded.mjs')

const texts = [
  ...['', 'a', '/', '//', 'a/b', 'ü/€/😀', '$SYS/x', 'a b', 'a/+', '+', 'a/#', '#', 'a+', 'a#b', '\0', 'a\0b'],
  ...['\u0001', 'a\u001f', '\u007f', '\u0080', '\u009f', '\u00a0', '\ufdcf', '\ufdd0', '\ufdef', '\ufdf0', '\ufffd', '\ufffe', '\uffff'],
  ...['\u{1fffe}', '\u{10ffff}', '\u{10fffd}', '\ud800', '\udc00', 'a\ud83d', '\ude00\ud83d'],
  ...['a'.repeat(65_535), 'a'.repeat(65_536), 'ü'.repeat(32_767), 'ü'.repeat(32_768), '€'.repeat(21_845), '€'.repeat(21_846)],
  ...[null, undefined, 7, {}, []],
]
const values = [...texts, 0, 1, 2, -1, 1.5, NaN, 255, 4_294_967_295, 4_294_967_296, 268_435_456, '5', true]
const binaries = [new Uint8Array(0), new Uint8Array(65_535), new Uint8Array(65_536), new ArrayBuffer(4), new DataView(new ArrayBuffer(2))]
const pairs = [[], [['a', 'b']], [['a']], [['a', 1]], { a: 'b' }, { a: 7 }, [['a\0', 'b']], [['', '\ud800']], 'ab', ['ab']]

/** What is thrown, as its code. @param {() => unknown} call */
function codeOf(call) {
  try {
    call()
    return 'none'
  } catch (error) {
    return /** @type {any} */ (error).code ?? String(error)
  }
}

describe('what the page refuses', () => {
  /** @type {any} */
  let broker
  /** @type {any} */
  let client
  before(async () => {
    Object.assign(globalThis, { WebSocket })
    broker = await startBroker()
    const module = await createModule()
    client = new module.Client(broker.url, 'checks')
    await new Promise((onSuccess, onFailure) => client.connect({ onSuccess, onFailure, reconnect: false }))
    client.onPublishFailed = client.onSubscriptionLost = () => {}
  })
  after(async () => {
    client.delete()
    await broker.close()
  })

  it('as topic is what the module refuses', () => {
    for (const topic of texts)
      assert.equal(
        codeOf(() => checkTopic(topic)),
        codeOf(() => client.publish(topic, '')),
        JSON.stringify(topic)?.slice(0, 40),
      )
  })

  it('as filter is what the module refuses, of what has the form of one', () => {
    for (const filter of texts.filter((text) => typeof text === 'string' && text !== '' && !/[^/][+#]|[+#][^/]/.test(text)))
      assert.equal(
        codeOf(() => checkFilter(filter)),
        codeOf(() => client.subscribe(filter)),
        JSON.stringify(filter)?.slice(0, 40),
      )
  })

  it('as payload is what the module refuses', () => {
    for (const payload of [...values, ...binaries])
      assert.equal(
        codeOf(() => checkedPayload(payload)),
        codeOf(() => client.publish('a', payload)),
        String(payload).slice(0, 40),
      )
  })

  it('as QoS is what the module refuses', () => {
    for (const qos of [...values, undefined])
      assert.equal(
        codeOf(() => checkQos(qos)),
        codeOf(() => client.publish('a', '', { qos })),
        String(qos).slice(0, 40),
      )
  })

  it('as property of a message is what is none', () => {
    for (const name of ['subscriptionIdentifier', 'topicAlias', 'reasonString', 'willDelayInterval', 'unknown', 'constructor'])
      for (const value of [0, 1, 'text', '\ud800', new Uint8Array(1)]) {
        const properties = { [name]: value }
        assert.notEqual(
          codeOf(() => checkPublishProperties(properties)),
          'none',
        )
        assert.notEqual(
          codeOf(() => client.publish('a', '', { properties })),
          'none',
        )
      }
  })

  for (const name of [
    'payloadFormatIndicator',
    'messageExpiryInterval',
    'contentType',
    'responseTopic',
    'correlationData',
    'userProperties',
  ])
    it(`as ${name} is what the module refuses`, () => {
      for (const value of [...values, ...binaries, ...pairs]) {
        const properties = { [name]: value }
        assert.equal(
          codeOf(() => checkPublishProperties(properties)),
          codeOf(() => client.publish('a', '', { properties })),
          `${name}: ${String(JSON.stringify(value)).slice(0, 60)} in PUBLISH`,
        )
        if (name === 'userProperties')
          assert.equal(
            codeOf(() => checkSubscribeProperties(properties)),
            codeOf(() => client.subscribe('a', { properties })),
            `${name}: ${String(JSON.stringify(value)).slice(0, 60)} in SUBSCRIBE`,
          )
      }
    })
})
