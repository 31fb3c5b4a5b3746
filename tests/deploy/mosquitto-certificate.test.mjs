import assert from 'node:assert/strict'
import { copyFile, mkdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { ann, root } from '../access/expectations.mjs'
import { certificateAt, makeCertificate } from '../support/certificate.mjs'
import { connectOnce } from '../support/connect-once.mjs'
import { eventually } from '../support/eventually.mjs'
import { startDeployedMosquitto } from '../support/deployed-mosquitto.mjs'

describe("Mosquitto's certificate", { timeout: 60_000 }, () => {
  it('is read again at SIGHUP, and who is connected stays', async (t) => {
    const broker = await startDeployedMosquitto()
    t.after(() => broker.close())
    await broker.add({ role: 'webapp', name: ann }, root)
    const ca = await readFile(broker.authority)
    const client = await connectOnce(broker.tlsUrl, { ca, clientId: ann, username: ann, password: 'secret' })
    let isClosed = false
    client.on('close', () => (isClosed = true))
    const before = await certificateAt(broker.tlsPort)
    const renewed = join(broker.directory, 'renewed')
    await mkdir(renewed)
    makeCertificate(renewed)
    for (const file of ['server.pem', 'server.key']) await copyFile(join(renewed, file), join(broker.directory, file))
    broker.signal('SIGHUP')
    await eventually('newcomers get the new certificate', async () => (await certificateAt(broker.tlsPort)) !== before)
    await client.publishAsync(`${root}webapp/status/${ann}`, 'still', { qos: 1 })
    assert.equal(isClosed, false)
    await client.endAsync()
  })
})
