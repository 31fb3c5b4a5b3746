// deploy/mosquitto/backup.sh, and what a new broker has that starts with the backup.
import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { before, after, describe, it } from 'node:test'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import mqtt from 'mqtt'
import { ann, bob, root } from '../access/expectations.mjs'
import { connectOnce } from '../support/connect-once.mjs'
import { eventually } from '../support/eventually.mjs'
import { startDeployedMosquitto } from '../support/deployed-mosquitto.mjs'

const run = promisify(execFile)
const backup = fileURLToPath(new URL('../../deploy/mosquitto/backup.sh', import.meta.url))
const session = { clean: false, properties: { sessionExpiryInterval: 3600 } }

/** @param {{ tcpUrl: string }} broker @param {string} username @param {mqtt.IClientOptions} [options] */
const options = ({ tcpUrl }, username, options = {}) =>
  /** @type {const} */ ([tcpUrl, { clientId: username, username, password: 'secret', protocolVersion: 5, reconnectPeriod: 0, ...options }])

describe('a backup of Mosquitto', { timeout: 120_000 }, () => {
  /** @type {string} */
  let directory
  before(async () => void (directory = await mkdtemp(join(tmpdir(), 'wsmq-backup-'))))
  after(() => rm(directory, { recursive: true, force: true }))

  it('has the accounts, what is retained and what waits in sessions, for a new broker', async (t) => {
    const broker = await startDeployedMosquitto()
    t.after(() => broker.close())
    for (const name of [ann, bob]) await broker.add({ role: 'webapp', name }, root)
    await broker.add({ role: 'service', name: 'orders' }, root)
    const status = `${root}webapp/status/${ann}`
    const own = `${root}webapp/res/${bob}`

    const page = await connectOnce(...options(broker, bob, session))
    await page.subscribeAsync(own, { qos: 1 })
    await page.endAsync()
    const other = await connectOnce(...options(broker, ann))
    await other.publishAsync(status, 'here', { qos: 1, retain: true })
    await other.endAsync()
    const service = await connectOnce(...options(broker, 'service:orders'))
    for (let count = 0; count < 20; ++count) await service.publishAsync(own, String(count), { qos: 1 })

    const archive = join(directory, 'mosquitto.tar')
    await writeFile(archive, 'an older one')
    await run(backup, [String(broker.pid()), broker.directory, archive])
    assert.equal((await stat(archive)).mode & 0o777, 0o600)
    assert.deepEqual(await readdir(directory), ['mosquitto.tar'])
    await service.publishAsync(own, 'after', { qos: 1 }) // it ran on meanwhile
    await service.endAsync()
    await broker.stop('SIGKILL')

    const restored = await startDeployedMosquitto({ archive })
    t.after(() => restored.close())
    const again = mqtt.connect(...options(restored, bob, session))
    /** @type {string[]} */
    const waited = []
    /** @type {string[]} */
    const retained = []
    again.on('message', (topic, payload) => (topic === own ? waited : retained).push(payload.toString()))
    /** @type {mqtt.IConnackPacket} */
    const { sessionPresent } = await new Promise((resolve) => again.once('connect', resolve))
    assert.equal(sessionPresent, true)
    await again.subscribeAsync(`${root}webapp/status/+`, { qos: 1 })
    await eventually('all has arrived', () => waited.length === 20 && retained.length === 1)
    assert.deepEqual(
      waited,
      Array.from({ length: 20 }, (_, count) => String(count)),
    )
    assert.deepEqual(retained, ['here'])
    await again.endAsync()
    await assert.rejects(connectOnce(...options(restored, 'acme:eve:eeee')), /Not authorized/)
    await restored.add({ role: 'webapp', name: 'acme:eve:eeee' }, root) // the administrator is the same
    await (await connectOnce(...options(restored, 'acme:eve:eeee'))).endAsync()
  })

  it('is refused without its arguments, and leaves nothing where it fails', async (t) => {
    await assert.rejects(run(backup, []), { code: 2, stderr: 'Usage: backup.sh PID DATA ARCHIVE\n' })
    const broker = await startDeployedMosquitto()
    t.after(() => broker.close())
    await rm(join(broker.directory, 'dynamic-security.json'))
    const archive = join(directory, 'incomplete.tar')
    await assert.rejects(run(backup, [String(broker.pid()), broker.directory, archive]), /dynamic-security\.json/)
    assert.ok(!(await readdir(directory)).some((file) => file.startsWith('incomplete')))
  })
})
