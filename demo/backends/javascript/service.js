// The demo service in JavaScript, with MQTT.js. README.md says how to start it and how it works.
import { randomBytes } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { connectAsync } from 'mqtt'

const { WSMQ_URL: url = 'mqtt://localhost', WSMQ_ROOT: root = 'evsuites/', WSMQ_SERVICE: service = 'demo' } = process.env
const limit = Number(process.env.WSMQ_LIMIT ?? 1000) // requests that may be worked on at a time
const instance = `js-${randomBytes(4).toString('hex')}`
const requests = `${root}webapp/req/${service}/`
const control = `${root}webapp/svc/${service}/`
const record = `${control}${instance}`

const remembered = 60_000 // ms that a response is kept for duplicates of its request
const firstCredit = 64 // items of a stream that need no credit
const longestId = 256 // bytes of JSON

const devices = new Map([
  ['acme:ann', ['SN-1001', 'SN-1002']],
  ['acme:bob', ['SN-2001']],
])

/** A failure that the caller is told. */
class RpcError extends Error {
  constructor(code, message, data) {
    super(message)
    Object.assign(this, { code, data })
  }
}

/** The methods. Each takes what the caller sent and the call; what it returns or throws is the response. */
const methods = new Map(
  Object.entries({
    echo: (params) => params ?? null,

    sum(params) {
      check(Array.isArray(params) && params.every((term) => typeof term === 'number'), 'sum takes an array of numbers')
      return params.reduce((total, term) => total + term, 0)
    },

    async slow(params, call) {
      const { steps = 5, delay = 500 } = params ?? {}
      check(Number.isInteger(steps) && steps >= 0 && delay >= 0, 'slow takes {steps, delay}, delay in milliseconds')
      for (let step = 1; step <= steps; ++step) {
        await sleep(delay, undefined, { signal: call.signal })
        await call.progress(step)
      }
      return steps
    },

    fail(params) {
      const { code = 1, message = 'failed on request', data } = params ?? {}
      check(Number.isInteger(code) && typeof message === 'string', 'fail takes {code, message, data}')
      throw new RpcError(code, message, data)
    },

    'devices.list': (params, call) => devices.get(call.user) ?? [],
  }),
)

function check(condition, message) {
  if (!condition) throw new RpcError(-32602, message)
}

/** One request while it is worked on, and its response afterwards. */
class Call {
  #cancel = new AbortController()
  #credit = firstCredit
  #sent = 0
  #creditCame = () => {}

  constructor(request, sender, correlationData) {
    Object.assign(this, { request, sender, correlationData })
  }

  /** The sender is `{org}:{user}:{random}`. It comes from the topic, which the broker's access rules vouch for. */
  get user() {
    return this.sender.split(':', 2).join(':')
  }

  get signal() {
    return this.#cancel.signal
  }

  async run() {
    const { id, method, params } = this.request
    open += 1
    try {
      const implementation = methods.get(method)
      if (!implementation) throw new RpcError(-32601, `There is no method ${method}`)
      const result = await implementation(params, this)
      this.respond({ id, result, ...(this.#sent > 0 && { count: this.#sent }) })
    } catch (error) {
      this.respond({ id, error: this.#describe(error) })
    } finally {
      open -= 1
    }
  }

  #describe(error) {
    if (this.signal.aborted) return { code: -32003, message: 'Cancelled' }
    if (error instanceof RpcError) return { code: error.code, message: error.message, data: error.data }
    console.error(error)
    return { code: -32603, message: 'Internal error' }
  }

  respond(response) {
    if (this.request.id === undefined) return // a notification
    this.response = response
    respond(this.sender, response, this.correlationData)
  }

  /** Sends one item of a stream, once the caller has granted credit for it. */
  async progress(value) {
    while (this.#credit === 0 && !this.signal.aborted) await new Promise((resolve) => (this.#creditCame = resolve))
    this.signal.throwIfAborted()
    this.#credit -= 1
    const params = { id: this.request.id, seq: this.#sent++, value, at: instance }
    if (this.request.id !== undefined) send(`${root}webapp/res/${this.sender}`, { method: '$/progress', params })
  }

  more(n) {
    if (Number.isInteger(n) && n > 0) this.#credit += n
    this.#creditCame()
  }

  cancel() {
    this.#cancel.abort()
    this.#creditCame()
  }
}

/** By sender and id, so that nobody can reach the request of somebody else. */
const calls = new Map()
let open = 0 // those that are being worked on
const keyOf = (sender, id) => JSON.stringify([sender, id])

function receiveRequest(sender, payload, correlationData) {
  const request = parse(payload)
  if (request === undefined) return respond(sender, { id: null, error: { code: -32700, message: 'Parse error' } }, correlationData)
  if (!isRequest(request)) {
    if (isAnswer(request)) return // or else two sides would answer each other for ever
    const id = isId(request?.id) ? request.id : null
    return respond(sender, { id, error: { code: -32600, message: 'Invalid request' } }, correlationData)
  }
  const call = new Call(request, sender, correlationData)
  const key = keyOf(sender, request.id)
  const earlier = calls.get(key)
  if (earlier?.response) return earlier.respond(earlier.response)
  if (earlier) return // a duplicate; the response is on its way
  // Not remembered, so that it may be asked again.
  if (open >= limit) return call.respond({ id: request.id, error: { code: -32004, message: 'Overloaded' } })
  if (request.id !== undefined) {
    calls.set(key, call)
    setTimeout(() => calls.delete(key), remembered).unref()
  }
  void call.run()
}

function receiveControl(sender, payload) {
  const { method, params } = parse(payload) ?? {}
  const call = calls.get(keyOf(sender, params?.id))
  if (method === '$/cancelRequest') call?.cancel()
  if (method === '$/more') call?.more(params.n)
}

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

function parse(payload) {
  try {
    return JSON.parse(utf8.decode(payload))
  } catch {
    return undefined
  }
}

const isId = (id) => (typeof id === 'string' || typeof id === 'number') && Buffer.byteLength(JSON.stringify(id)) <= longestId

const isAnswer = (message) => message?.method === undefined && (message?.result !== undefined || message?.error !== undefined)

function isRequest(request) {
  if (request?.jsonrpc !== '2.0' || typeof request.method !== 'string') return false
  const { id, params } = request
  return (id === undefined || isId(id)) && (params === undefined || (typeof params === 'object' && params !== null))
}

function respond(sender, response, correlationData) {
  send(`${root}webapp/res/${sender}`, response, { properties: { correlationData, contentType: 'application/json' } })
}

function send(topic, message, options) {
  client.publish(topic, JSON.stringify({ jsonrpc: '2.0', ...message }), { qos: 1, ...options })
}

function announce(online) {
  const about = { version: '1.0.0', methods: [...methods.keys()], since: Date.now() }
  const payload = JSON.stringify({ online, service, instance, ...(online && about) })
  return { topic: record, payload, qos: 1, retain: true }
}

const client = await connectAsync(url, {
  protocolVersion: 5,
  clientId: `${service}-${instance}`,
  clean: true, // a dead instance must not go on taking requests
  resubscribe: false, // `start` does it
  will: announce(false),
})
client.on('message', (topic, payload, { properties }) => {
  const sender = topic.slice(topic.lastIndexOf('/') + 1)
  if (topic.startsWith(requests)) receiveRequest(sender, payload, properties?.correlationData)
  else receiveControl(sender, payload)
})
client.on('error', (error) => console.error(error.message))
client.on('connect', () => start().catch((error) => console.error(error.message)))
// Before anybody can see the record.
for (const signal of ['SIGTERM', 'SIGINT']) {
  process.once(signal, async () => {
    const { topic, payload, ...options } = announce(false)
    await client.publishAsync(topic, payload, options)
    await client.endAsync()
    process.exit()
  })
}
await start()

async function start() {
  await client.subscribeAsync([`$share/${service}/${requests}+`, `${record}/+`, `${control}_all/+`], { qos: 1 })
  const { topic, payload, ...options } = announce(true)
  await client.publishAsync(topic, payload, options)
  console.log(`${service}/${instance} answers`)
}
