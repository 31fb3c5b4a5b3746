// The native bench works: every row runs once with every client, and every message is correct. Times are
// not checked.
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { rows } from './rows.mjs'

const program = fileURLToPath(new URL('run.mjs', import.meta.url))

test('npm run bench:native -- --quick', { timeout: 1_200_000 }, async () => {
  const child = spawn(process.execPath, [program, '--quick'], { stdio: ['ignore', 'pipe', 'pipe'] })
  let said = ''
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (text) => (said += text))
  const code = await new Promise((resolve) => child.once('close', resolve))
  assert.equal(code, 0, said)
  for (const row of rows) assert.ok(said.includes(row.title), `no line for ${row.id}:\n${said}`)
  for (const word of ['libmosquitto', 'Paho C', 'bare socket']) assert.ok(said.includes(word), said)
})
