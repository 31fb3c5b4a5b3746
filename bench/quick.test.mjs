// The bench works: every row runs once with every library, and every message is correct. Times are
// not checked.
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { faceRows, requestRows, trafficRows } from './rows.mjs'

const program = fileURLToPath(new URL('run.mjs', import.meta.url))

test('npm run bench -- --quick', { timeout: 300_000 }, async () => {
  const child = spawn(process.execPath, [program, '--quick'], { stdio: ['ignore', 'pipe', 'pipe'] })
  let said = ''
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (text) => (said += text))
  const code = await new Promise((resolve) => child.once('close', resolve))
  assert.equal(code, 0, said)
  // The service in C++ is built by the bench of the native client, or for a whole run.
  const requests = said.includes('Left out: requests') ? [] : requestRows
  for (const row of [...trafficRows, ...faceRows, ...requests]) assert.ok(said.includes(row.title), `no line for ${row.id}:\n${said}`)
  for (const word of ['navigation to CONNACK', 'websocket-mq/paho', 'bytes to ship', 'memory, kB']) assert.ok(said.includes(word), said)
})
