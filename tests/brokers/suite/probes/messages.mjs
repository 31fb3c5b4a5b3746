// What every version of MQTT has: QoS, retained messages, wills; and shared subscriptions, which 3.1.1 has by custom.
import { becomes, grace, hex, listen, NotTried } from '../lab.mjs'

/** @typedef {import('../lab.mjs').Lab} Lab */

/** Whether what is retained comes to a filter of the same topic. @param {Lab} lab @param {(topic: string) => string} filterOf */
async function retained(lab, filterOf, publisherNode = 0, subscriberNode = 0) {
  const topic = `${lab.topic()}/level`
  const mq = await lab.ours({}, publisherNode)
  await lab.retain(mq, topic, 'kept')
  if (publisherNode !== subscriberNode) await grace() // nodes tell each other in their own time
  const late = await listen(await lab.ours({}, subscriberNode), filterOf(topic))
  await mq.publish(topic, 'live', { qos: 1 })
  if (!(await becomes(() => late.has('live')))) return 'no (and nothing else either)'
  await grace()
  const [message] = late.got.filter(({ text }) => text === 'kept')
  return message ? (message.retain ? 'yes' : 'yes (without the flag)') : 'no'
}

const wanted = 40

/**
 * Two members of a group get every message once between them. @param {Lab} lab @param {number} otherNode
 */
async function shared(lab, otherNode) {
  const topic = lab.topic()
  const publisher = await lab.ours()
  /** @type {Awaited<ReturnType<typeof listen>>[]} */
  const members = []
  for (const node of [0, otherNode]) {
    const mq = await lab.ours({}, node)
    try {
      members.push(await listen(mq, `$share/${lab.id}/${topic}`))
    } catch (/** @type {any} */ error) {
      const code = error.results?.[0]?.reasonCode
      if (error.code === 'not_supported') return 'no (announced as not available)'
      if (mq.state === 'closed') return 'no (the connection is ended)'
      return `no (refused${code ? ` with ${hex(code)}` : ''})`
    }
  }
  const witness = await listen(await lab.ours({}, otherNode), topic)
  // The nodes of a cluster learn of subscriptions in their own time.
  let tries = 0
  while (members.every(({ got }) => got.length === 0) && tries++ < 10) {
    await publisher.publish(topic, 'first', { qos: 1 })
    await becomes(() => members.some(({ got }) => got.length > 0), 300)
  }
  if (members.every(({ got }) => got.length === 0)) return 'no (granted, and nothing arrives)'
  if (otherNode > 0) await grace()
  for (const { got } of members) got.length = 0
  for (let count = 0; count < wanted; ++count) await publisher.publish(topic, String(count), { qos: 1 })
  await becomes(() => witness.has(String(wanted - 1)))
  await grace()
  const [one = 0, two = 0] = members.map(({ got }) => got.filter(({ text }) => text !== 'first').length)
  if (one + two === wanted) return `yes (${Math.max(one, two)} and ${Math.min(one, two)} of ${wanted})`
  if (one + two === 2 * wanted) return 'no (each member gets everything)'
  return `no (${one} and ${two} of ${wanted})`
}

/** A witness of the will of a connection that is ended. @param {Lab} lab @param {(client: import('mqtt').MqttClient) => unknown} end */
async function will(lab, end) {
  const topic = lab.topic()
  const witness = await listen(await lab.ours(), topic)
  const client = await lab.other({ will: { topic, payload: Buffer.from('gone'), qos: 1, retain: false } })
  await end(client)
  return witness
}

/** @type {import('../run.mjs').Probe[]} */
export const messages = [
  {
    row: 'highest QoS delivered',
    async run(lab) {
      const topic = lab.topic()
      const mq = await lab.ours()
      const all = await listen(mq, topic, { qos: 2 })
      await mq.publish(topic, 'x', { qos: Math.min(2, lab.version === 5 ? mq.negotiated.maximumQos : 2) })
      if (!(await becomes(() => all.got.length > 0))) return 'no (a message of QoS 2 does not arrive)'
      return `${all.got[0]?.qos}`
    },
  },
  { row: 'retained, to its exact filter', run: (lab) => retained(lab, (topic) => topic) },
  { row: 'retained, to a filter with +', run: (lab) => retained(lab, (topic) => topic.replace(/[^/]+$/, '+')) },
  { row: 'retained, to a filter with #', run: (lab) => retained(lab, (topic) => topic.replace(/[^/]+$/, '#')) },
  {
    row: 'retained on one node, exact filter at another',
    async run(lab) {
      lab.url(1)
      return retained(lab, (topic) => topic, 0, 1)
    },
  },
  {
    row: 'retained on one node, filter with + at another',
    async run(lab) {
      lab.url(1)
      return retained(lab, (topic) => topic.replace(/[^/]+$/, '+'), 0, 1)
    },
  },
  { row: 'shared subscriptions', run: (lab) => shared(lab, 0) },
  {
    row: 'shared subscriptions across nodes',
    async run(lab) {
      lab.url(1)
      return shared(lab, 1)
    },
  },
  {
    row: 'will when the connection is cut',
    async run(lab) {
      const witness = await will(lab, (client) => client.stream.destroy())
      return (await becomes(() => witness.has('gone'))) ? 'yes' : 'no'
    },
  },
  {
    row: 'will after a DISCONNECT',
    async run(lab) {
      const witness = await will(lab, (client) => client.endAsync())
      return (await becomes(() => witness.has('gone'), 2000)) ? 'yes (against MQTT)' : 'no'
    },
  },
  {
    row: 'a message from TCP',
    async run(lab) {
      const { tcpUrl } = lab.target
      if (!tcpUrl) throw new NotTried('no URL for TCP')
      const topic = lab.topic()
      const there = await listen(await lab.ours(), topic)
      await (await lab.other({}, tcpUrl)).publishAsync(topic, 'x', { qos: 1 })
      return (await becomes(() => there.has('x'))) ? 'yes' : 'no'
    },
  },
  {
    row: 'a message to another node',
    async run(lab) {
      const topic = lab.topic()
      const there = await listen(await lab.ours({}, 1), topic)
      const here = await lab.ours()
      for (let tries = 0; tries < 10 && there.got.length === 0; ++tries) {
        await here.publish(topic, 'x', { qos: 1 })
        await becomes(() => there.got.length > 0, 300)
      }
      return there.got.length > 0 ? 'yes' : 'no'
    },
  },
]
