import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer } from 'node:net'
import { test } from 'node:test'
import { freePort, startOnFreePorts } from './free-port.mjs'
import { ServerProcess } from './server-process.mjs'

test('no port is given twice, and none that a server may be given that asks for any', async () => {
  const ports = await Promise.all(Array.from({ length: 500 }, freePort))
  assert.equal(new Set(ports).size, ports.length)
  assert.ok(ports.every((port) => port < 32_768))
})

test('a server that has lost its port to another is not taken for one that listens', async (t) => {
  const other = createServer((socket) => socket.destroy()).listen(0, '127.0.0.1')
  t.after(() => other.close())
  await once(other, 'listening')
  const { port } = /** @type {import('node:net').AddressInfo} */ (other.address())
  const loser = new ServerProcess(process.execPath, ['-e', `require('node:net').createServer().listen(${port}, '127.0.0.1')`])
  t.after(() => loser.stop('SIGKILL'))
  await assert.rejects(loser.start([port], /^it has not ended yet$/), /ended at once:[^]*EADDRINUSE/)
})

test('what has lost its port is started again with others', async () => {
  const errors = ['Error: Address already in use', 'Error: Unable to create websockets listener on port 20000.', 'listen EADDRINUSE']
  for (const error of errors) {
    const outcomes = [() => Promise.reject(new Error(error)), async () => 'started']
    assert.equal(await startOnFreePorts(() => /** @type {() => Promise<string>} */ (outcomes.shift())()), 'started')
  }
  await assert.rejects(
    startOnFreePorts(() => Promise.reject(new Error('no such setting'))),
    /no such setting/,
  )
})
