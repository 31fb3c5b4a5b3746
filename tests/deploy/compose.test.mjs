// compose.yaml is valid for Compose itself. No container is started.
import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

const run = promisify(execFile)
const file = fileURLToPath(new URL('../../deploy/compose.yaml', import.meta.url))
/** @param {string} path @returns {Promise<string[]>} the services of all profiles */
async function services(path) {
  const { stdout } = await run('docker-compose', ['-f', path, 'config', '--services'])
  return stdout.trim().split('\n').sort()
}

describe('compose.yaml', { timeout: 60_000 }, () => {
  it('is valid', async () => {
    assert.deepEqual(await services(file), ['emqx', 'issuer', 'mosquitto', 'nginx', 'rabbitmq', 'rabbitmq-login'])
  })

  it('would be refused with a mistake', async (t) => {
    const directory = await mkdtemp(join(tmpdir(), 'wsmq-compose-'))
    t.after(() => rm(directory, { recursive: true, force: true }))
    const text = await readFile(file, 'utf8')
    for (const [from, to] of /** @type {const} */ ([
      ['    restart: unless-stopped', '    restarts: unless-stopped'],
      ['network_mode: service:nginx', 'network_mode: service:ngnix'],
    ])) {
      assert.ok(text.includes(from))
      const wrong = join(directory, 'compose.yaml')
      await writeFile(wrong, text.replaceAll(from, to))
      await assert.rejects(services(wrong), /restarts|ngnix/)
    }
  })
})
