// What the servers of tests and of `npm start` open to the network: nothing but loopback.
import assert from 'node:assert/strict'
import { tmpdir } from 'node:os'
import { describe, it } from 'node:test'
import { startFiles, startSink } from '../../bench/servers.mjs'
import { startDemo } from '../../scripts/lib/demo.mjs'
import { startDeployment } from '../../scripts/lib/deployment.mjs'
import { ExposureWatch } from '../../scripts/lib/exposure-watch.mjs'
import { startFakeBroker } from '../wasm/support/fake-broker.mjs'
import { startAedes } from './aedes.mjs'
import { startBroker } from './broker.mjs'
import { startCaddy } from './caddy.mjs'
import { startChaosProxy } from './chaos-proxy.mjs'
import { startDeployedMosquitto } from './deployed-mosquitto.mjs'
import { startDeployedSite } from './deployed-site.mjs'
import { freePort } from './free-port.mjs'
import { startHaproxy } from './haproxy.mjs'
import { isLoopback, listeners, parseTable } from './listening.mjs'
import { startPageServer } from './page-server.mjs'
import { startProxy } from './proxy.mjs'
import { startRabbitMq } from './rabbitmq.mjs'

/** A line of /proc/net/tcp as Linux prints it on a machine whose lowest byte comes first. @param {string} local @param {string} state */
const line = (local, state, inode = 7) =>
  `   0: ${local} 00000000:0000 ${state} 00000000:00000000 00:00000000 00000000     0        0 ${inode} 1 0000000000000000 100 0 0 10 0`

describe('the kernel reports what listens', () => {
  for (const [local, address, port, loopback] of /** @type {const} */ ([
    ['0100007F:1F90', '127.0.0.1', 8080, true],
    ['0200007F:1F90', '127.0.0.2', 8080, true],
    ['00000000:2329', '0.0.0.0', 9001, false],
    ['0A01A8C0:0050', '192.168.1.10', 80, false],
    ['00000000000000000000000000000000:2329', '::', 9001, false],
    ['00000000000000000000000001000000:2329', '::1', 9001, true],
    ['0000000000000000FFFF00000100007F:2329', '::ffff:127.0.0.1', 9001, true],
    ['0000000000000000FFFF00000A01A8C0:2329', '::ffff:192.168.1.10', 9001, false],
    ['B80D0120000000000000000001000000:2329', '2001:db8::1', 9001, false],
  ]))
    it(`${address}, port ${port}`, () => {
      assert.deepEqual(parseTable(`  sl  local_address\n${line(local, '0A')}\n${line(local, '01')}\n`), [['7', { address, port }]])
      assert.equal(isLoopback({ address }), loopback)
    })
})

describe('the watch over a run of tests', () => {
  const [ours, theirs, harmless] = [
    { address: '0.0.0.0', port: 1883 },
    { address: '::', port: 80 },
    { address: '127.0.0.1', port: 9001 },
  ]
  /** @param {object} sockets */
  const watch = (sockets) =>
    new ExposureWatch({
      all: async () => new Map(Object.entries(sockets)),
      ours: async () => [
        { pid: process.pid, inode: '1', ...ours },
        { pid: process.pid, inode: '3', ...harmless },
      ],
    })

  it('finds what is open to others, and who it is, also when it has closed since', async () => {
    const sockets = { 1: ours, 2: theirs, 3: harmless }
    const watching = watch(sockets)
    await watching.look()
    for (const inode of Object.keys(sockets)) Reflect.deleteProperty(sockets, inode)
    await watching.look()
    const found = await watching.stop()
    assert.equal(found.length, 1)
    assert.match(String(found[0]), new RegExp(`node.* \\(${process.pid}\\) at 0\\.0\\.0\\.0, port 1883`))
  })

  it('finds nothing where only loopback is open, or others than the tests open it', async () => {
    const watching = watch({ 2: theirs, 3: harmless })
    await watching.look()
    assert.deepEqual(await watching.stop(), [])
  })
})

/** @type {Record<string, () => Promise<{ close: () => unknown }>>} */
const servers = {
  'what npm start opens': async () => startDeployment(),
  'what npm start opens where there is no nginx': async () => startDeployment({ behindNginx: false }),
  'what npm run dev opens': async () => startDemo(),
  'the Mosquitto of the tests': async () => startBroker(),
  'Mosquitto as shipped': async () => startDeployedMosquitto(),
  'RabbitMQ as shipped, its port mapper, its distribution, and its interface for administrators, where tokens are used': async () =>
    startRabbitMq({ bindsIdentifiers: true, tokens: { issuerPort: 9, managementPort: await freePort() } }),
  Aedes: async () => startAedes(),
  'the fake broker': async () => startFakeBroker(),
  'the chaos proxy': async () => startChaosProxy({ target: 'ws://127.0.0.1:9' }),
  'the page server': async () => startPageServer({ roots: {}, brokerPort: 9 }),
  'nginx of the tests': async () => startProxy({ brokerPort: 9, root: tmpdir() }),
  'nginx as shipped, at loopback addresses': async () => startDeployedSite({ brokerPort: 9 }),
  'HAProxy as shipped, at loopback addresses': async () => startHaproxy({ brokerPort: 9 }),
  'Caddy as shipped, at loopback addresses': async () => startCaddy({ brokerPort: 9 }),
  'the files of the bench': startFiles,
  'the sink of the bench': startSink,
}

describe('only loopback is opened by', { timeout: 180_000 }, () => {
  for (const [name, start] of Object.entries(servers))
    it(name, async () => {
      const before = await listeners()
      const server = await start()
      try {
        const opened = (await listeners()).filter(({ port }) => !before.some((other) => other.port === port))
        assert.ok(opened.length > 0)
        assert.deepEqual(
          opened.filter((each) => !isLoopback(each)),
          [],
        )
      } finally {
        await server.close()
      }
    })
})
