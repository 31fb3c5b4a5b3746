// An outbox under Node, in files, against a real Mosquitto.
import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import {
  appendFileSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { after, afterEach, before, beforeEach, describe, it } from 'node:test'
import { fileURLToPath } from 'node:url'
import { connect, MqttError, PublishError } from '../../dist/index.js'
import { startBroker } from '../support/broker.mjs'
import { startChaosProxy } from '../support/chaos-proxy.mjs'

/** @typedef {import('../../dist/index.js').Connection} Connection */

/** @type {import('../support/broker.mjs').Broker} */
let broker
before(async () => (broker = await startBroker({ persistence: true, settings: ['max_inflight_messages 20'] })))
after(() => broker.close())

/** @type {string} */
let folder
/** @type {(() => unknown)[]} */
let endings = []
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'wsmq-outbox-'))))
afterEach(async () => {
  for (const end of endings.reverse()) await end()
  endings = []
  rmSync(folder, { recursive: true, force: true })
})

/** @param {import('../../dist/index.js').ConnectOptions} [options] @param {string} [url] */
async function open(options = {}, url = broker.url) {
  /** @type {import('../../dist/index.js').Delivered[]} */
  const delivered = []
  /** @type {any[]} */
  const errors = []
  const mq = await connect(url, { outbox: { folder }, ...options })
  mq.on('delivered', (event) => delivered.push(event))
  mq.on('error', (error) => errors.push(error))
  endings.push(() => mq.disconnect({ timeout: 0 }))
  return { mq, delivered, errors }
}

/** What arrives at the broker. @param {string} topic */
async function listen(topic) {
  const mq = await connect(broker.url)
  endings.push(() => mq.disconnect())
  /** @type {string[]} */
  const texts = []
  await mq.subscribe(topic, { qos: 2 }, (message) => texts.push(message.text())).ready
  return texts
}

/** @param {() => unknown} condition */
async function until(condition) {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 5))
}

/** A process that publishes until it is killed. @param {(string | number)[]} given */
async function publisher(...given) {
  const program = fileURLToPath(new URL('support/outbox-publisher.mjs', import.meta.url))
  const child = spawn(process.execPath, [program, ...given.map(String)], { stdio: ['ignore', 'pipe', 'inherit'] })
  endings.push(() => child.kill('SIGKILL'))
  /** @type {string[]} */
  const lines = []
  createInterface({ input: child.stdout }).on('line', (line) => lines.push(line))
  await until(() => lines.length > 0)
  return {
    clientId: lines[0]?.slice('client '.length),
    /** @type {() => number} */
    published: () => Number(lines.findLast((line) => /^\d+$/.test(line)) ?? 0),
    lines,
    async kill() {
      const exit = once(child, 'exit')
      child.kill('SIGKILL')
      await exit
    },
  }
}

const slotFile = () => join(folder, readdirSync(folder).find((name) => name.endsWith('.outbox')) ?? '')

/** The broker's address is another one for each proxy: these outboxes go by a name. */
const named = (/** @type {object} */ more = {}) => ({ outbox: { folder, name: 'one', ...more } })

describe('an outbox in files', () => {
  for (const qos of /** @type {const} */ ([1, 2]))
    it(`survives kill -9 of its process, in order, at QoS ${qos}`, async () => {
      const topic = `killed/${qos}`
      const texts = await listen(topic)
      for (let round = 0; round < 3; round++) {
        const from = texts.length
        const process = await publisher(broker.url, folder, topic, qos)
        await until(() => process.published() > 200)
        await process.kill()
        const { mq } = await open()
        assert.equal(mq.clientId, process.clientId)
        await mq.drained()
        await mq.disconnect()
        // A message is written within 20 ms: what was published at the very end may be missing, and nothing in between.
        await until(() => texts.length - from > 180)
        await allHasArrived(topic, texts)
        const numbers = texts.slice(from).map(Number)
        const distinct = [...new Set(numbers)]
        assert.deepEqual(
          distinct,
          Array.from({ length: distinct.length }, (_, index) => index + 1),
        )
        if (qos === 2) assert.equal(numbers.length, distinct.length, 'none came twice')
      }
    })

  it('tells the next process of each delivery, with what it was called', async () => {
    const texts = await listen('told/#')
    const since = Date.now()
    const clientId = await leaveOffline([{ qos: 1 }, { qos: 2, retain: true }, { qos: 1 }], 'told')
    const { mq, delivered, errors } = await open(named())
    assert.equal(mq.clientId, clientId)
    await until(() => delivered.length === 3)
    // The order is one among messages of the same QoS (MQTT 5.0, 4.6).
    delivered.sort((one, other) => (one.topic < other.topic ? -1 : 1))
    assert.deepEqual(
      delivered.map(({ topic, qos, retain, reasonCode }) => [topic, qos, retain, reasonCode]),
      [
        ['told/0', 1, false, 0],
        ['told/1', 2, true, 0],
        ['told/2', 1, false, 0],
      ],
    )
    assert.ok(delivered.every(({ publishedAt }) => publishedAt >= since && publishedAt <= Date.now()))
    await until(() => texts.length === 3)
    assert.deepEqual([texts.sort(), errors], [['0', '1', '2'], []])
  })

  it('reports what expired meanwhile', async () => {
    await leaveOffline([
      { qos: 1, properties: { messageExpiryInterval: 0 } },
      { qos: 1, properties: { messageExpiryInterval: 1000 } },
    ])
    const { delivered, errors } = await open(named())
    await until(() => delivered.length === 1 && errors.length === 1)
    assert.deepEqual([errors[0].code, errors[0].topic, delivered[0]?.topic], ['expired', 'left/0', 'left/1'])
  })

  it('keeps what disconnect() left unfinished, though its promise was rejected', async () => {
    const texts = await listen('later')
    const proxy = await startChaosProxy({ target: broker.url })
    endings.push(() => proxy.close())
    const { mq } = await open(named(), proxy.url)
    proxy.stall()
    const published = mq.publish('later', 'x', { qos: 2 })
    const rejected = assert.rejects(published, { code: 'stopped' })
    assert.equal((await mq.disconnect({ timeout: 0 })).unfinished, 1)
    await rejected
    const { delivered } = await open(named())
    await until(() => delivered.length === 1)
    assert.deepEqual(texts, ['x'])
  })

  it('has nothing left when all is acknowledged', async () => {
    const { mq } = await open()
    for (let number = 0; number < 100; number++) await mq.publish('done', String(number), { qos: number % 2 ? 1 : 2 })
    await mq.disconnect()
    const { mq: again, delivered } = await open()
    assert.equal(again.clientId, mq.clientId)
    assert.equal(again.backlog.messages, 0)
    await again.publish('done', 'x', { qos: 1 })
    assert.deepEqual(delivered, [])
  })

  it('is held by one process alone: another has its own, and empties it when its process is dead', async () => {
    const texts = await listen('both')
    const process = await publisher(broker.url, folder, 'both', 1, 50)
    const { mq } = await open()
    assert.notEqual(mq.clientId, process.clientId)
    await assert.rejects(open({ clientId: process.clientId ?? '' }), { name: 'MqttError', code: 'outbox_in_use' })
    await until(() => texts.length === 50)
    await process.kill()
    const { mq: named } = await open({ clientId: process.clientId ?? '' })
    assert.equal(named.clientId, process.clientId)
  })

  it('of another machine is in use until its lock has not been touched for half a minute', async () => {
    const clientId = await leaveOffline([{ qos: 1 }])
    const lock = slotFile().replace(/outbox$/, 'lock')
    writeFileSync(lock, JSON.stringify({ pid: process.pid, start: '', host: 'elsewhere' }))
    await assert.rejects(open({ ...named(), clientId }), { code: 'outbox_in_use' })
    const longAgo = new Date(Date.now() - 31_000)
    utimesSync(lock, longAgo, longAgo)
    const { mq, delivered } = await open({ ...named(), clientId })
    assert.equal(mq.clientId, clientId)
    await until(() => delivered.length === 1)
  })

  it('drains what several dead processes left, each with its own client identifier', async () => {
    const texts = await listen('dead/+')
    /** @type {Awaited<ReturnType<typeof publisher>>[]} */
    const processes = []
    const proxy = await startChaosProxy({ target: broker.url })
    endings.push(() => proxy.close())
    for (const index of [0, 1, 2]) processes.push(await publisher(proxy.url, folder, `dead/${index}`, 2, 0))
    for (const each of processes) await each.kill()
    // Offline, each slot gets messages of its own.
    proxy.refusing = true
    proxy.cut()
    for (const { clientId } of processes) {
      const mq = await offline({ clientId, outbox: { folder } }, proxy.url)
      for (const number of [1, 2, 3]) void mq.publish(`dead/${clientId}`, String(number), { qos: 2 }).catch(() => {})
      await mq.disconnect({ timeout: 0 })
    }
    proxy.refusing = false
    const { mq, delivered } = await open({}, proxy.url)
    await until(() => delivered.length === 9)
    assert.deepEqual([...texts].sort(), ['1', '1', '1', '2', '2', '2', '3', '3', '3'])
    for (const { clientId } of processes) assert.deepEqual(delivered.filter(({ topic }) => topic === `dead/${clientId}`).length, 3)
    await until(() => readdirSync(folder).filter((name) => name.endsWith('.outbox')).length === 1)
    assert.ok(processes.some(({ clientId }) => clientId === mq.clientId))
  })
})

for (const worker of [false, true])
  describe(`stored() ${worker ? 'over a worker' : 'in the page'}`, () => {
    it('resolves once what was published survives the process, with what waits', async () => {
      const since = Date.now()
      const mq = await offline({ ...named(), worker })
      assert.deepEqual(await mq.stored(), { messages: 0, bytes: 0, oldest: undefined })
      mq.post('safe/1', { json: { item: 7 } }, { qos: 1 })
      mq.post('safe/2', 'grün', { qos: 2 })
      mq.post('safe/3', 'not kept', { qos: 0 })
      const { messages, bytes, oldest = 0 } = await mq.stored()
      assert.ok(readFileSync(slotFile()).includes('grün'))
      assert.ok(oldest >= since && oldest <= Date.now())
      assert.deepEqual([messages, bytes > 20 && bytes < 60], [2, true])
      await mq.disconnect({ timeout: 0 })
      assert.deepEqual(readdirSync(folder).filter((name) => name.endsWith('.lock')), []) // prettier-ignore
      await assert.rejects(mq.stored(), { code: 'closed' })

      const { mq: next, delivered } = await open({ ...named(), worker })
      await until(() => delivered.length === 2)
      delivered.sort((one, other) => one.qos - other.qos)
      assert.deepEqual([delivered[0]?.json(), delivered[1]?.text()], [{ item: 7 }, 'grün'])
      assert.ok(delivered[1]?.bytes instanceof Uint8Array)
      assert.throws(() => delivered[1]?.json(), { code: 'invalid_json' })
      assert.deepEqual(await next.stored(), { messages: 0, bytes: 0, oldest: undefined })
    })

    it('rejects where nothing can be stored, or there is no outbox', async () => {
      writeFileSync(join(folder, 'file'), '')
      const { mq } = await open({ worker, outbox: { folder: join(folder, 'file') } })
      await assert.rejects(mq.stored(), (/** @type {any} */ error) => {
        assert.ok(error instanceof MqttError)
        assert.equal(error.code, 'outbox_failed')
        assert.match(/** @type {any} */ (error.cause).code, /^E(NOTDIR|EXIST)$/)
        return true
      })
      const without = await connect(broker.url, { worker })
      endings.push(() => without.disconnect())
      await assert.rejects(without.stored(), { code: 'not_supported' })
    })
  })

describe('an outbox of a connection in a worker', () => {
  it('sends what others left with a password of bytes, and reports what expired by its topic', async () => {
    const own = await startBroker({ users: { ann: 'secret' } })
    endings.push(() => own.close())
    await leaveOffline([{ qos: 1, properties: { messageExpiryInterval: 0 } }, { qos: 1 }])
    const { delivered, errors } = await open(
      {
        ...named(),
        clientId: 'me',
        worker: true,
        credentials: { username: 'ann', password: new TextEncoder().encode('secret') },
        will: { topic: 'gone', payload: { json: { at: new Date() } } },
      },
      own.url,
    )
    await until(() => delivered.length === 1 && errors.length === 1)
    assert.equal(delivered[0]?.topic, 'left/1')
    assert.ok(errors[0] instanceof PublishError)
    assert.deepEqual([errors[0].code, errors[0].topic], ['expired', 'left/0'])
  })

  it('that cannot be used says why', async () => {
    writeFileSync(join(folder, 'file'), '')
    const { errors } = await open({ worker: true, outbox: { folder: join(folder, 'file') } })
    await until(() => errors.length === 1)
    assert.ok(errors[0] instanceof MqttError)
    assert.equal(errors[0].code, 'outbox_failed')
    assert.match(errors[0].cause.code, /^E(NOTDIR|EXIST)$/)
  })
})

describe('a file of an outbox', () => {
  it('may end in the middle of a change', async () => {
    const texts = await listen('left/#')
    await leaveOffline([{ qos: 1 }, { qos: 1 }, { qos: 1 }])
    const path = slotFile()
    truncateSync(path, readFileSync(path).length - 3)
    const { delivered, errors } = await open(named())
    await until(() => delivered.length > 0)
    assert.deepEqual([texts.slice(0, 2), errors], [['0', '1'], []])
    assert.equal(existsSync(`${path}.damaged`), false)
  })

  it('is kept aside where it is damaged, and read up to there', async () => {
    const texts = await listen('left/#')
    await leaveOffline([{ qos: 1 }, { qos: 1 }, { qos: 1 }])
    const path = slotFile()
    const bytes = readFileSync(path)
    const second = bytes.indexOf('left/1')
    bytes[second] = 0x21
    writeFileSync(path, bytes)
    const { delivered } = await open(named())
    await until(() => delivered.length === 1)
    assert.deepEqual(texts, ['0'])
    assert.deepEqual(readFileSync(`${path}.damaged`), bytes)
  })

  it('may have garbage behind it, or be nothing but that', async () => {
    await leaveOffline([{ qos: 1 }])
    appendFileSync(slotFile(), new Uint8Array(100))
    writeFileSync(join(folder, `${randomUUID()}.outbox`), 'no outbox at all')
    const { delivered, errors } = await open(named())
    await until(() => delivered.length === 1)
    assert.deepEqual(errors, [])
  })

  it('that cannot be written is reported once, and delivery goes on', async () => {
    const file = join(folder, 'a file')
    writeFileSync(file, '')
    const { mq, errors } = await open({ outbox: { folder: join(file, 'below') } })
    await mq.publish('a', 'x', { qos: 2 })
    await until(() => errors.length > 0)
    assert.deepEqual(
      errors.map(({ name, code }) => [name, code]),
      [['MqttError', 'outbox_failed']],
    )
    assert.equal(errors[0].cause.code, 'ENOTDIR')
  })

  it('is small again after many messages', async () => {
    const proxy = await startChaosProxy({ target: broker.url })
    endings.push(() => proxy.close())
    const { mq } = await open({}, proxy.url)
    for (let round = 0; round < 6; round++) {
      proxy.stall()
      for (let number = 0; number < 5; number++) void mq.publish('large', new Uint8Array(100_000), { qos: 1 })
      await until(() => readFileSync(slotFile()).length > 100_000)
      proxy.resume()
      await mq.drained()
    }
    await until(() => readFileSync(slotFile()).length < 2_000_000)
  })
})

describe('an outbox that is full', () => {
  it('rejects by count and by size', async () => {
    for (const limits of [{ maxMessages: 5 }, { maxBytes: 5 * 1300 }]) {
      const mq = await offline({ outbox: { folder, ...limits } })
      const results = await Promise.allSettled(
        Array.from({ length: 8 }, () => Promise.race([mq.publish('a', new Uint8Array(1000), { qos: 1 }), Promise.resolve('waits')])),
      )
      const refused = results.filter(({ status }) => status === 'rejected')
      assert.ok(refused.length >= 2 && refused.length <= 4, JSON.stringify(limits))
      for (const each of refused) assert.equal(/** @type {any} */ (each).reason.code, 'queue_full')
      await mq.disconnect({ timeout: 0 })
      rmSync(folder, { recursive: true })
    }
  })

  it('drops the oldest where that is wished for', async () => {
    const texts = await listen('oldest')
    const outbox = { folder, name: 'one', maxMessages: 3, whenFull: /** @type {const} */ ('drop_oldest') }
    const mq = await offline({ outbox })
    const all = ['1', '2', '3', '4', '5'].map((text) => mq.publish('oldest', text, { qos: 1 }))
    for (const each of all.slice(0, 2)) await assert.rejects(each, { code: 'queue_full' })
    for (const each of all.slice(2)) each.catch(() => {})
    await mq.disconnect({ timeout: 0 })
    const { delivered } = await open({ outbox })
    await until(() => delivered.length === 3)
    assert.deepEqual(texts, ['3', '4', '5'])
  })
})

describe('options of an outbox', () => {
  it('need a folder under Node', async () => {
    await assert.rejects(connect(broker.url, { outbox: true }), { code: 'invalid_argument', message: /needs a folder/ })
  })

  for (const [what, options, message] of /** @type {[string, any, RegExp][]} */ ([
    ['a misspelt name', { outbox: { maxMesages: 1 } }, /Did you mean maxMessages/],
    ['no room at all', { outbox: { maxMessages: 0 } }, /maxMessages is a whole number from 1/],
    ['an unknown policy', { outbox: { whenFull: 'wait' } }, /one of reject, drop_oldest/],
    ['a number', { outbox: 1 }, /outbox is true or false, or an object/],
    ['a clean start', { outbox: { folder: '/nowhere' }, cleanStart: true }, /cleanStart/],
    ['no session', { outbox: { folder: '/nowhere' }, sessionExpiryInterval: 0 }, /sessionExpiryInterval/],
  ]))
    it(`refuse ${what}`, async () => {
      await assert.rejects(connect(broker.url, options), { code: 'invalid_argument', message })
    })
})

/** A connection that is not there yet: publishing works all the same. @param {import('../../dist/index.js').ConnectOptions} options */
async function offline(options, url = 'ws://127.0.0.1:1/mqtt') {
  /** @type {Connection | undefined} */
  let mq
  const connecting = connect(url, { reconnect: { retryFirst: true }, prepare: (given) => (mq = given), ...options })
  connecting.catch(() => {})
  await until(() => mq !== undefined)
  return /** @type {Connection} */ (/** @type {unknown} */ (mq))
}

/** Messages of a process that never had a connection, in the outbox of named(). @param {import('../../dist/index.js').PublishOptions[]} all */
async function leaveOffline(all, topic = 'left') {
  const mq = await offline(named())
  all.forEach((options, index) => void mq.publish(`${topic}/${index}`, String(index), options).catch(() => {}))
  const { clientId } = mq
  await mq.disconnect({ timeout: 0 })
  return clientId
}

/** All that was sent before. @param {string} topic @param {string[]} texts */
async function allHasArrived(topic, texts) {
  const mq = await connect(broker.url)
  await mq.publish(topic, 'end', { qos: 2 })
  await mq.disconnect()
  await until(() => texts.includes('end'))
  texts.splice(texts.indexOf('end'), 1)
}
