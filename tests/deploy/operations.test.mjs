// What docs/operations.md tells operators to do, done.
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { connectOnce } from '../support/connect-once.mjs'
import { eventually } from '../support/eventually.mjs'
import { startDeployedMosquitto } from '../support/deployed-mosquitto.mjs'

const page = await readFile(new URL('../../docs/operations.md', import.meta.url), 'utf8')

describe('operations', { timeout: 60_000 }, () => {
  it('the account for watching sees every topic that is to be watched, and nothing else', async (t) => {
    const broker = await startDeployedMosquitto({ settings: ['sys_interval 1'] })
    t.after(() => broker.close())
    const [, commands = ''] = /```sh\n(dynsec\(\).*?)```/s.exec(page) ?? []
    assert.ok(commands.includes('-h 127.0.0.1 '))
    const env = { ...process.env, PASSWORD: 'admin', MONITOR_PASSWORD: 'watching' }
    const script = `set -e\n${commands.replace('-h 127.0.0.1 ', `-h 127.0.0.1 -p ${broker.tcpPort} `)}`
    execFileSync('sh', ['-c', script], { env, stdio: 'pipe' })

    const wanted = [...page.matchAll(/^\| `(\$SYS\/[^`]+)` \|/gm)].map(([, topic]) => topic ?? '')
    assert.ok(wanted.length >= 6)
    const account = /** @type {const} */ ({ clientId: 'monitor', username: 'monitor', password: 'watching', protocolVersion: 5 })
    const client = await connectOnce(broker.tcpUrl, account)
    /** @type {Set<string>} */
    const heard = new Set()
    client.on('message', (topic) => heard.add(topic))
    await client.subscribeAsync('$SYS/broker/#')
    await eventually(`each of ${wanted} is published`, () => wanted.every((topic) => heard.has(topic)))
    await assert.rejects(client.subscribeAsync('app/#'), /Not authorized/i)
    await assert.rejects(client.publishAsync('$CONTROL/dynamic-security/v1', '{}', { qos: 1 }), /Not authorized/i)
    await client.endAsync()
  })

  it("cron's script mails what the doctor says where there is something to know, with its exit code", async (t) => {
    const directory = await mkdtemp(join(tmpdir(), 'wsmq-operations-'))
    t.after(() => rm(directory, { recursive: true, force: true }))
    const [, script] = /```sh\n(#!\/bin\/sh\nexport WSMQ_PASSWORD.*?)```/s.exec(page) ?? []
    assert.ok(script)
    for (const [name, text] of /** @type {const} */ ([
      ['wsmq', '#!/bin/sh\n[ "$1" = doctor ] && echo the verdict >&2\nexit $CODE\n'],
      ['mail', '#!/bin/sh\nprintf "%s|" "$@"\ncat\n'],
      ['script', script],
    ]))
      await writeFile(join(directory, name), text, { mode: 0o755 })
    /** @param {string} code */
    const mailed = (code) => {
      const env = { ...process.env, CODE: code, PATH: `${directory}:${process.env['PATH']}` }
      return execFileSync('sh', [join(directory, 'script')], { env, encoding: 'utf8' })
    }
    assert.equal(mailed('0'), '')
    for (const code of ['1', '3', '27']) assert.equal(mailed(code), `-s|MQTT: doctor exited with ${code}|ops@example.org|the verdict\n`)
  })

  it('the time after which a crash forgets is that of the configuration', async () => {
    const configuration = await readFile(new URL('../../deploy/mosquitto/mosquitto.conf', import.meta.url), 'utf8')
    const [, seconds] = /^autosave_interval (\d+)$/m.exec(configuration) ?? []
    assert.match(page, new RegExp(`\`autosave_interval\` \\(${seconds} s\\)`))
  })
})
