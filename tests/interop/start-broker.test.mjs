import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { describe, it } from 'node:test'
import { fileURLToPath } from 'node:url'
import mqtt from 'mqtt'

const program = fileURLToPath(new URL('../support/start-broker.mjs', import.meta.url))

describe('a broker for tests in other languages', { timeout: 120_000 }, () => {
  for (const name of ['mosquitto', 'rabbitmq', 'aedes'])
    it(`${name} tells its addresses, stops and starts when told, and ends with its input`, async () => {
      const child = spawn(process.execPath, [program, name], { stdio: ['pipe', 'pipe', 'inherit'] })
      const exited = once(child, 'exit')
      const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
      const read = async () => JSON.parse((await lines.next()).value)
      const { url, tcpUrl, credentials } = await read()
      for (const address of [url, tcpUrl]) await (await mqtt.connectAsync(address, { ...credentials })).endAsync()
      child.stdin.write('stop\n')
      assert.deepEqual(await read(), { done: 'stop' })
      await assert.rejects(fetch(url.replace('ws:', 'http:')))
      child.stdin.write('start\nnonsense\n')
      assert.deepEqual(await read(), { done: 'start' })
      assert.match((await read()).error, /nonsense/)
      await (await mqtt.connectAsync(tcpUrl, { ...credentials })).endAsync()
      child.stdin.end()
      assert.deepEqual(await exited, [0, null])
    })
})
