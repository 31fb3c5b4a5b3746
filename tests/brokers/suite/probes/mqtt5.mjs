// What MQTT 5 adds.
import { setTimeout as sleep } from 'node:timers/promises'
import { becomes, grace, hex, listen } from '../lab.mjs'

const expiry = 1 // s
const tolerance = 3 // s: some brokers count in whole seconds, and look once in each
const delay = 2 // s

/** @type {import('../run.mjs').Probe[]} */
export const mqtt5 = [
  {
    row: 'subscription identifiers',
    versions: [5],
    async run(lab) {
      const topic = lab.topic()
      const client = await lab.other() // the package uses none
      /** @type {unknown} */
      let identifier = null
      client.on('message', (_topic, _payload, packet) => (identifier = packet.properties?.subscriptionIdentifier ?? undefined))
      await client.subscribeAsync(topic, { qos: 1, properties: { subscriptionIdentifier: 7 } })
      await client.publishAsync(topic, 'x', { qos: 1 })
      if (!(await becomes(() => identifier !== null))) return 'no (the message does not arrive)'
      return [identifier].flat().includes(7) ? 'yes' : 'no'
    },
  },
  {
    row: 'no matching subscribers (0x10)',
    versions: [5],
    async run(lab) {
      const { reasonCode } = await (await lab.ours()).publish(lab.topic(), 'x', { qos: 1 })
      return reasonCode === 0x10 ? 'yes' : `no (${hex(reasonCode)})`
    },
  },
  {
    row: 'No Local',
    versions: [5],
    async run(lab) {
      const topic = lab.topic()
      const [mq, other] = [await lab.ours(), await lab.ours()]
      const all = await listen(mq, topic, { noLocal: true })
      await mq.publish(topic, 'own', { qos: 1 })
      await other.publish(topic, 'of another', { qos: 1 })
      if (!(await becomes(() => all.has('of another')))) return 'no (nothing arrives)'
      await grace()
      return all.has('own') ? 'no' : 'yes'
    },
  },
  {
    row: 'Retain Handling 2',
    versions: [5],
    async run(lab) {
      const topic = lab.topic()
      const mq = await lab.ours()
      await lab.retain(mq, topic, 'kept')
      const late = await listen(await lab.ours(), topic, { retainHandling: 2 })
      await mq.publish(topic, 'live', { qos: 1 })
      if (!(await becomes(() => late.has('live')))) return 'no (nothing arrives)'
      await grace()
      return late.has('kept') ? 'no' : 'yes'
    },
  },
  {
    row: 'will delay',
    versions: [5],
    async run(lab) {
      const topic = lab.topic()
      const witness = await listen(await lab.ours(), topic)
      const client = await lab.other({
        properties: { sessionExpiryInterval: 30 },
        will: { topic, payload: Buffer.from('gone'), qos: 1, retain: false, properties: { willDelayInterval: delay } },
      })
      const cut = performance.now()
      client.stream.destroy()
      if (!(await becomes(() => witness.has('gone'), (delay + 5) * 1000))) return 'no (no will at all)'
      const waited = (performance.now() - cut) / 1000
      return waited > delay * 0.75 ? 'yes' : 'no (the will comes at once)'
    },
  },
  {
    row: 'no will where the session is resumed within its delay',
    versions: [5],
    async run(lab) {
      const topic = lab.topic()
      const witness = await listen(await lab.ours(), topic)
      const options = { clientId: lab.clientId(), clean: false, properties: { sessionExpiryInterval: 30 } }
      const will = {
        topic,
        payload: Buffer.from('gone'),
        qos: /** @type {const} */ (1),
        retain: false,
        properties: { willDelayInterval: delay },
      }
      const client = await lab.other({ ...options, will })
      client.stream.destroy()
      await sleep(200)
      await lab.other({ ...options, will })
      return (await becomes(() => witness.has('gone'), (delay + 2) * 1000)) ? 'no' : 'yes'
    },
  },
  {
    row: 'message expiry',
    versions: [5],
    async run(lab) {
      const session = { clientId: lab.clientId(), cleanStart: false, sessionExpiryInterval: 60, topicAliasMaximum: 0 }
      const topic = lab.topic()
      const before = await lab.ours(session)
      await before.subscribe(topic, { qos: 1 }, () => {}).ready
      await before.disconnect()
      const publisher = await lab.ours()
      await publisher.publish(topic, 'short', { qos: 1, properties: { messageExpiryInterval: expiry } })
      await publisher.publish(topic, 'long', { qos: 1, properties: { messageExpiryInterval: 100 } })
      await sleep((expiry + tolerance) * 1000)
      /** @type {Map<string, number | undefined>} */
      const left = new Map()
      const prepare = (/** @type {any} */ mq) =>
        mq.on('message', (/** @type {any} */ message) => left.set(message.text(), message.properties.messageExpiryInterval))
      await lab.ours({ ...session, prepare })
      if (!(await becomes(() => left.has('long')))) return 'no (what has not expired does not arrive either)'
      await grace()
      if (left.has('short')) return 'no'
      return Number(left.get('long')) < 100 ? 'yes' : 'yes (without counting the interval down)'
    },
  },
  {
    row: 'message expiry of what is retained',
    versions: [5],
    async run(lab) {
      const topic = lab.topic()
      const mq = await lab.ours()
      await lab.retain(mq, topic, 'short', { properties: { messageExpiryInterval: expiry } })
      await sleep((expiry + tolerance) * 1000)
      const late = await listen(await lab.ours(), topic)
      await mq.publish(topic, 'live', { qos: 1 })
      if (!(await becomes(() => late.has('live')))) return 'no (nothing arrives)'
      await grace()
      return late.has('short') ? 'no' : 'yes'
    },
  },
]
