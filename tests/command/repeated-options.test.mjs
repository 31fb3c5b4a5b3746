// Every option that may be repeated, of every command: given twice, both count.
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer } from 'node:http'
import { after, before, describe, it } from 'node:test'
import { freePort } from '../support/free-port.mjs'
import { ScriptedBroker } from '../support/scripted-broker.mjs'
import { useWorld } from './party.mjs'
import { start, wsmq } from './support.mjs'

/** What each command needs beside. @type {Record<string, string[]>} */
const commands = {
  pub: ['-t', 'a', '-m', 'x'],
  sub: ['-t', 'a'],
  bench: ['-n', '1', '--subscribers', '0'],
  request: ['svc', 'm'],
  serve: ['svc', '--echo'],
  presence: [],
  services: [],
}

/** @type {import('./party.mjs').World} */
let world
useWorld((opened) => (world = opened))

/** Has every packet. @type {ScriptedBroker} */
let broker
/** @type {{ name: string, body: Buffer }[]} */
let packets
/** Refuses WebSockets, and has their headers. @type {import('node:http').Server} */
let web
/** @type {import('node:http').IncomingHttpHeaders} */
let headers
before(async () => {
  const keep = (/** @type {any} */ connection, /** @type {any} */ packet) => (packets.push(packet), connection.answer(packet))
  broker = await ScriptedBroker.open({ connect: keep, subscribe: keep, publish: keep, unsubscribe: keep })
  web = createServer().listen(0, '127.0.0.1')
  web.on('upgrade', (request, socket) => ((headers = request.headers), socket.end('HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n')))
  await once(web, 'listening')
})
after(async () => {
  web.close()
  await broker.close()
})

const address = () => `mqtt://127.0.0.1:${broker.port}`

/** Runs a command until the broker has so many packets of a name, and gives these. @param {string} name @param {number} count @param {string[]} args */
async function packetsOf(name, count, args) {
  packets = []
  const heard = broker.count(name)
  const one = start(args)
  await broker.until(name, heard + count)
  one.child.kill('SIGTERM')
  await one.ended
  return packets.filter((packet) => packet.name === name)
}

const all = Object.keys(commands)
/** Who has which. @type {Record<string, string[]>} */
const having = {
  '--url': all,
  '--header': all,
  '--property': ['pub', 'sub', 'bench'],
  '--topic': ['sub'],
  '--filter-out': ['sub'],
  '--unsubscribe': ['sub'],
  '--method': ['serve'],
}

/** What is to come of it. @type {Record<string, (command: string, base: string[]) => Promise<void>>} */
const rows = {
  async '--url'(command, base) {
    const nobody = `mqtt://127.0.0.1:${await freePort()}`
    const connects = await packetsOf('connect', 1, [command, '-L', nobody, '--url', address(), ...base])
    assert.ok(connects.length > 0)
  },
  async '--header'(command, base) {
    const { port } = /** @type {import('node:net').AddressInfo} */ (web.address())
    headers = {}
    const { code } = await wsmq([command, '-L', `ws://127.0.0.1:${port}`, '--header', 'X-One: 1', '--header', 'X-Two: 2', ...base])
    assert.deepEqual([code, headers['x-one'], headers['x-two']], [3, '1', '2'])
  },
  async '--property'(command, base) {
    const properties = ['-D', 'connect', 'user-property', 'one', '1', '--property', 'connect', 'user-property', 'two', '2']
    const [connect] = await packetsOf('connect', 1, [command, '-L', address(), ...properties, ...base])
    assert.match(connect?.body.toString('latin1') ?? '', /one.*two/s)
  },
  async '--topic'(command) {
    const [subscribe] = await packetsOf('subscribe', 1, [command, '-L', address(), '-t', 'lab/1', '--topic', 'lab/2'])
    assert.match(subscribe?.body.toString('latin1') ?? '', /lab\/1.*lab\/2/s)
  },
  async '--filter-out'() {
    const topics = ['out/a', 'out/b', 'out/c']
    const client = await world.client()
    for (const topic of topics) await client.publishAsync(topic, topic, { qos: 1, retain: true })
    const { out } = await world.run('sub', '-t', 'out/#', '-T', 'out/a', '--filter-out', 'out/b', '-C', '1')
    assert.equal(out, 'out/c\n')
  },
  async '--unsubscribe'(command) {
    const sent = await packetsOf('unsubscribe', 2, [command, '-L', address(), '-U', 'lab/1', '--unsubscribe', 'lab/2'])
    const text = sent.map(({ body }) => body.toString('latin1')).join('')
    assert.match(text, /lab\/1.*lab\/2/s)
  },
  async '--method'(_command, base) {
    await world.serve('--method', 'one', '--method', 'two', ...base)
    const { out } = await world.run('services', '--json')
    assert.deepEqual(JSON.parse(out).methods, ['one', 'two'])
  },
}

for (const [command, base] of Object.entries(commands))
  describe(`wsmq ${command}`, { timeout: 180_000 }, () => {
    const has = Object.keys(having).filter((option) => having[option]?.includes(command))

    it('says in its help which options these are', async () => {
      const entries = (await wsmq([command, '--help'])).out.split(/\n(?= {2}-)/)
      const told = entries.filter((entry) => entry.replace(/\s+/g, ' ').includes('may be repeated'))
      assert.deepEqual(told.map((entry) => /--[a-z-]+/.exec(entry)?.[0]).sort(), has.sort())
    })

    for (const option of has) it(`takes ${option} twice`, () => rows[option]?.(command, base))
  })

it('refuses the others twice, in one sentence', async () => {
  const { code, err } = await wsmq(['pub', '-q', '1', '--qos', '2', '-t', 'a', '-m', 'x'])
  assert.deepEqual([code, err], [2, 'wsmq: -q (--qos) is given twice, and may be given once.\n'])
})
