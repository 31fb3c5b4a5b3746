// The demo service in JavaScript, with MQTT.js. README.md says how to start it and how it works.
import { randomBytes } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { connect } from 'mqtt'
import { Calls } from './calls.js'
import { Election } from './election.js'
import { methods } from './methods.js'
import { Outbox } from './outbox.js'

const { WSMQ_URL: url = 'mqtt://localhost', WSMQ_ROOT: root = 'app/', WSMQ_SERVICE: service = 'demo' } = process.env
const limit = Number(process.env.WSMQ_LIMIT ?? 1000) // calls that may be worked on at a time
const stall = Number(process.env.WSMQ_STALL ?? 30_000) // ms that a stream waits for credit
const recordExpiry = Number(process.env.WSMQ_RECORD_EXPIRY ?? 600) // s, for one that died with its broker
const patience = 5000 // ms for what is in hand when the service leaves
const since = Date.now()
const instance = `js-${randomBytes(4).toString('hex')}`
const requests = `${root}webapp/req/${service}/`
const control = `${root}webapp/svc/${service}/`
const record = `${control}${instance}`
const contentType = 'application/json'
const live = { qos: 1, rh: 2 } // without what is retained

/** {org}:{user}:{random} */
const soundUid = /^[^\p{Cc}/+#:]+:[^\p{Cc}/+#:]+:[a-z0-9]{4,16}$/u
const isUid = (uid) => soundUid.test(uid) && uid.split(':', 2).every((part) => Buffer.byteLength(part) <= 64)

const client = connect(url, {
  protocolVersion: 5,
  clientId: process.env.WSMQ_CLIENT_ID ?? `${service}-${instance}`,
  clean: true, // a dead instance must not go on taking requests
  resubscribe: false, // `start` does it
  will: announcement(false),
})
const outbox = new Outbox(client)
const calls = new Calls({ instance, limit, stall, send })
const election = new Election(instance, renew)
let shares = true // the requests, with the other instances
let isOnline = false // as the record says on this connection
let hasStarted = false
let isLeaving = false

client.on('message', (topic, payload, packet) => {
  const { retain, properties } = packet
  const [name, uid] = topic.startsWith(control) ? topic.slice(control.length).split('/') : []
  if (name && uid === undefined) return election.handleRecord(name, packet)
  if (retain) return // of the past; only records are ever retained
  const sender = topic.slice(topic.lastIndexOf('/') + 1)
  if (!isUid(sender)) return
  if (!topic.startsWith(requests)) return calls.receiveControl(sender, payload)
  calls.receiveRequest(sender, payload, properties, (id) => shares || election.elects(sender, id))
})
client.on('error', (error) => {
  complain(error)
  if (!hasStarted) process.exit(1)
})
client.on('close', () => (isOnline = false))
client.on('connect', (connack) => start(connack.properties ?? {}).catch(complain))
setInterval(renew, recordExpiry * 500)
for (const signal of ['SIGTERM', 'SIGINT']) {
  process.once(signal, async () => {
    await Promise.race([leave(), sleep(patience)]).catch(complain)
    await Promise.race([client.endAsync(), sleep(1000)])
    process.exit()
  })
}

/** Subscribes and then tells that requests are answered; after every reconnection again. */
async function start({ receiveMaximum = 65_535, sharedSubscriptionAvailable = true }) {
  outbox.most = receiveMaximum
  election.clear()
  await client.subscribeAsync([`${record}/+`, `${control}_all/+`], live)
  shares = Boolean(sharedSubscriptionAvailable) && (await subscribeShared())
  // Who is there is heard of before the first request.
  if (!shares) await client.subscribeAsync({ [`${control}+`]: { qos: 1 }, [`${requests}+`]: live })
  await announce(true)
  hasStarted = true
  console.log(`${service}/${instance} answers`)
}

const sharedRequests = `$share/${service}/${requests}+`

/** Whether the broker grants it. */
async function subscribeShared() {
  try {
    await client.subscribeAsync(sharedRequests, live)
    return true
  } catch (error) {
    complain(error)
    return false
  }
}

/** What has come before the broker stops sending requests is answered, and acknowledged. */
async function leave() {
  isLeaving = true
  await announce(false)
  await client.unsubscribeAsync(shares ? sharedRequests : `${requests}+`)
  // The broker may have queued more of them, which come as their predecessors are acknowledged.
  while (!calls.isIdle || !outbox.isEmpty) {
    await calls.idle()
    await outbox.drained()
  }
}

function send(sender, message, correlationData) {
  const payload = JSON.stringify({ jsonrpc: '2.0', ...message })
  outbox.publish(`${root}webapp/res/${sender}`, payload, { properties: { correlationData, contentType } }).catch(complain)
}

async function announce(online) {
  if (online && isLeaving) return
  isOnline = online
  const { topic, payload, ...options } = announcement(online)
  await outbox.publish(topic, payload, options)
}

/** Tells again that this instance answers, before the record expires. */
function renew() {
  if (isOnline) announce(true).catch(complain)
}

/** The retained record, which tells whether this instance answers. */
function announcement(online) {
  const about = { version: '1.0.0', methods: [...methods.keys()], since }
  const payload = JSON.stringify({ online, service, instance, ...(online && about) })
  return { topic: record, payload, qos: 1, retain: true, properties: { contentType, messageExpiryInterval: recordExpiry } }
}

function complain(error) {
  console.error(error.message)
}
