// How connections begin and end, and what a broker announces about them.
import { randomBytes } from 'node:crypto'
import { becomes, ConnectionRefusedError, hex, NotTried } from '../lab.mjs'

const sizes = [64, 256, 1024, 4096] // KiB
const longest = 268_435_460 // of any packet of MQTT

/** @param {import('../lab.mjs').Lab} lab @param {object} credentials @returns {Promise<string>} */
async function refusalOf(lab, credentials) {
  try {
    await lab.ours({ credentials })
    return 'no (let in)'
  } catch (error) {
    if (error instanceof ConnectionRefusedError) return hex(/** @type {any} */ (error).reasonCode)
    return 'closed without a CONNACK'
  }
}

const waiting = 10 // messages

/** What waits for somebody who is away. @param {import('../lab.mjs').Lab} lab @param {object} options */
async function kept(lab, options) {
  const session = { clientId: lab.clientId(), cleanStart: false, sessionExpiryInterval: 60, ...options }
  const topic = lab.topic()
  const before = await lab.ours(session)
  await before.subscribe(topic, { qos: 1 }, () => {}).ready
  await before.disconnect()
  const publisher = await lab.ours()
  for (let text = 0; text < waiting; ++text) await publisher.publish(topic, String(text), { qos: 1 })
  /** @type {string[]} */
  const got = []
  const prepare = (/** @type {any} */ mq) => mq.on('message', (/** @type {any} */ message) => got.push(message.text()))
  const after = await lab.ours({ ...session, prepare })
  const isComplete = await becomes(() => got.length >= waiting || after.state === 'closed')
  const { error } = after.state === 'closed' ? await after.closed : {}
  await after.disconnect()
  await (await lab.ours({ clientId: session.clientId, cleanStart: true })).disconnect()
  if (error) return `no (${error.code})`
  if (!isComplete) return `no (${got.length} of ${waiting}, session ${after.sessionPresent ? '' : 'not '}present)`
  return got.every((text, index) => text === String(index)) ? 'yes' : 'yes (not in their order)'
}

/** @type {import('../run.mjs').Probe[]} */
export const connections = [
  {
    row: 'wrong password',
    async run(lab) {
      const { username } = lab.target.credentials ?? {}
      if (username === undefined) throw new NotTried('no credentials given')
      return refusalOf(lab, { username, password: randomBytes(9).toString('hex') })
    },
  },
  {
    row: 'unknown user',
    async run(lab) {
      if (lab.target.credentials?.username === undefined) throw new NotTried('no credentials given')
      return refusalOf(lab, { username: lab.clientId(), password: 'x' })
    },
  },
  {
    row: 'takeover of a session',
    async run(lab) {
      const clientId = lab.clientId()
      const first = await lab.ours({ clientId })
      await lab.ours({ clientId })
      const { error } = await first.closed
      return error?.reasonCode ? hex(error.reasonCode) : 'a bare close'
    },
  },
  // Without topic aliases, which have a row of their own.
  { row: 'a session keeps messages of QoS 1', run: (lab) => kept(lab, { topicAliasMaximum: 0 }) },
  { row: 'a session keeps them for a client that takes topic aliases', versions: [5], run: (lab) => kept(lab, { topicAliasMaximum: 16 }) },
  {
    row: 'Receive Maximum announced',
    versions: [5],
    run: async (lab) => String((await lab.ours()).negotiated.receiveMaximum),
  },
  {
    row: 'Maximum Packet Size announced',
    versions: [5],
    async run(lab) {
      const { maximumPacketSize } = (await lab.ours()).negotiated
      return maximumPacketSize >= longest ? 'none' : String(maximumPacketSize)
    },
  },
  {
    row: 'Topic Alias Maximum announced',
    versions: [5],
    run: async (lab) => String((await lab.ours({ outgoingTopicAliasMaximum: 65535 })).serverProperties.topicAliasMaximum ?? 0),
  },
  {
    row: 'longest payload that arrives, up to 4 MiB',
    seconds: 40,
    async run(lab) {
      let largest = 'none'
      for (const size of sizes) {
        const how = await carries(lab, size * 1024)
        if (how !== 'arrives') return `${largest} (${size} KiB: ${how})`
        largest = `${size} KiB`
      }
      return largest
    },
  },
]

/** @param {import('../lab.mjs').Lab} lab @param {number} size @returns {Promise<string>} */
async function carries(lab, size) {
  const topic = lab.topic()
  const [to, from] = [await lab.ours(), await lab.ours()]
  let length = 0
  await to.subscribe(topic, { qos: 1 }, (/** @type {any} */ message) => (length = message.bytes.length)).ready
  let wrong = ''
  from.publish(topic, randomBytes(size), { qos: 1 }).catch((/** @type {any} */ error) => (wrong = error.code))
  await becomes(() => length === size || wrong !== '' || from.state === 'closed' || to.state === 'closed', 12_000)
  if (length === size) return 'arrives'
  if (wrong === 'packet_too_large') return 'more than announced'
  if (wrong !== '' || from.state === 'closed') return 'ends the connection of the sender'
  return to.state === 'closed' ? 'ends the connection of the receiver' : 'nothing arrives within 12 s'
}
