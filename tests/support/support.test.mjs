import assert from 'node:assert/strict'
import { on, once } from 'node:events'
import { existsSync } from 'node:fs'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { get } from 'node:https'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { WebSocket } from 'ws'
import { startBroker } from './broker.mjs'
import { startChaosProxy } from './chaos-proxy.mjs'
import { connectPacket, publishPacket, subscribePacket } from './packets.mjs'
import { startPageServer } from './page-server.mjs'
import { startProxy } from './proxy.mjs'

const accepted = Buffer.from([0x20, 2, 0, 0])

/**
 * Connects, sends a CONNECT, and gives the socket with the answer.
 * @param {string} url
 * @param {import('ws').ClientOptions} [options]
 * @param {{ user: string, password: string }} [credentials]
 */
async function connect(url, options, credentials) {
  const socket = new WebSocket(url, 'mqtt', options)
  await once(socket, 'open')
  socket.send(connectPacket(`test-${Math.random()}`, credentials))
  const [answer] = await once(socket, 'message')
  return { socket, answer: /** @type {Buffer} */ (answer) }
}

/**
 * @param {WebSocket} socket
 * @param {number} bytes
 */
async function receive(socket, bytes) {
  /** @type {Buffer[]} */
  const messages = []
  let total = 0
  for await (const [message] of on(socket, 'message')) {
    messages.push(message)
    total += message.length
    if (total >= bytes) break
  }
  return messages
}

describe('servers for the tests', { timeout: 60_000 }, () => {
  /** @type {import('./broker.mjs').Broker} */
  let broker
  /** @type {string} */
  let root

  before(async () => {
    broker = await startBroker()
    root = await mkdtemp(join(tmpdir(), 'wsmq-pages-'))
    await writeFile(join(root, 'index.html'), '<title>page</title>')
    await writeFile(join(root, 'empty.wasm'), '\0asm')
  })

  after(async () => {
    await broker?.close()
    await rm(root, { recursive: true, force: true })
  })

  it('Mosquitto answers a CONNECT', async () => {
    const { socket, answer } = await connect(broker.url)
    assert.deepEqual(answer, accepted)
    socket.close()
  })

  it('Mosquitto comes back on the same port after a crash', async () => {
    const own = await startBroker({ persistence: true })
    const { url, pid } = own
    await own.restart('SIGKILL')
    assert.equal(own.url, url)
    assert.notEqual(own.pid, pid)
    const { socket, answer } = await connect(own.url)
    assert.deepEqual(answer, accepted)
    socket.close()
    await own.close()
    assert.equal(own.running, false)
  })

  it('Mosquitto refuses a wrong password and takes the right one', async () => {
    const own = await startBroker({ users: { ann: 'secret', bob: 'other' } })
    const refused = await connect(own.url, {}, { user: 'ann', password: 'wrong' })
    assert.notDeepEqual(refused.answer, accepted)
    const taken = await connect(own.url, {}, { user: 'ann', password: 'secret' })
    assert.deepEqual(taken.answer, accepted)
    refused.socket.close()
    taken.socket.close()
    await own.close()
  })

  it('nginx passes /ws_mqtt to Mosquitto under TLS and serves files', async () => {
    const proxy = await startProxy({ brokerPort: broker.webSocketPort, root })
    const ca = await readFile(proxy.authority)
    const { socket, answer } = await connect(proxy.webSocketUrl, { ca })
    assert.deepEqual(answer, accepted)
    socket.close()
    const [response] = await once(get(`${proxy.url}empty.wasm`, { ca }), 'response')
    assert.equal(response.headers['content-type'], 'application/wasm')
    assert.match(response.headers['content-security-policy'], /wasm-unsafe-eval/)
    response.resume()
    const directory = join(proxy.authority, '..')
    await proxy.close()
    assert.equal(existsSync(directory), false)
  })

  it('the page server serves files with a strict policy and passes /ws_mqtt on', async () => {
    const pages = await startPageServer({ roots: { '/': root }, brokerPort: broker.webSocketPort })
    const { socket, answer } = await connect(`${pages.url.replace('http', 'ws')}ws_mqtt`)
    assert.deepEqual(answer, accepted)
    const page = await fetch(pages.url)
    assert.equal(await page.text(), '<title>page</title>')
    assert.match(page.headers.get('content-security-policy') ?? '', /connect-src 'self'/)
    const again = await fetch(pages.url, { headers: { 'If-None-Match': page.headers.get('etag') ?? '' } })
    assert.equal(again.status, 304)
    assert.equal((await fetch(`${pages.url}..%2f..%2fetc/passwd`)).status, 404)
    await pages.close()
    await once(socket, 'close')
  })

  for (const toClient of /** @type {import('./reshape.mjs').Shape[]} */ ([
    { kind: 'split', bytes: 1 },
    { kind: 'split-randomly', seed: 7, most: 5 },
    { kind: 'coalesce', bytes: 40, within: 20 },
  ])) {
    it(`the chaos proxy keeps the stream whole: ${toClient.kind}`, async () => {
      const proxy = await startChaosProxy({ target: broker.url, toClient, toBroker: { kind: 'split', bytes: 3 } })
      const socket = new WebSocket(proxy.url, 'mqtt')
      await once(socket, 'open')
      const topic = `chaos/${toClient.kind}`
      const packets = ['one', 'two', 'three'].map((word) => publishPacket(topic, word))
      const expected = Buffer.concat([accepted, Buffer.from([0x90, 3, 0, 1, 0]), ...packets])
      socket.send(Buffer.concat([connectPacket('chaos'), subscribePacket(topic), ...packets]))
      const messages = await receive(socket, expected.length)
      assert.deepEqual(Buffer.concat(messages), expected)
      if (toClient.kind === 'split') assert.equal(messages.length, expected.length)
      await proxy.close()
      await once(socket, 'close')
    })
  }

  it('the chaos proxy cuts and stalls', async () => {
    const proxy = await startChaosProxy({ target: broker.url })
    const { socket } = await connect(proxy.url)
    proxy.stall()
    let answered = false
    socket.once('message', () => (answered = true))
    socket.send(subscribePacket('a'))
    await connect(broker.url).then((other) => other.socket.close()) // meanwhile the broker itself answers others
    assert.equal(answered, false)
    proxy.resume()
    await once(socket, 'message')
    proxy.cut()
    const [code] = await once(socket, 'close')
    assert.equal(code, 1006)
    await proxy.close()
  })
})
