// wsmq doctor where the broker refuses: what is said of each reason, and the exit code.
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { startBroker } from '../support/broker.mjs'
import { closing, diagnose, fails, found, scripted } from './doctor.mjs'

describe('a broker that refuses', { timeout: 180_000 }, () => {
  /** @param {number} reason */
  const refuses = (reason) => scripted({ connect: (connection) => (connection.accept(reason), connection.close()) })

  it('wants credentials, or others', async () => {
    const guarded = await startBroker({ users: { ann: 'right' } })
    closing.push(() => guarded.close())
    const url = `mqtt://127.0.0.1:${guarded.tcpPort}`
    const { findings } = await fails(url, 4, /^No credentials were given, and the broker wants some: pass -u and -P, or WSMQ_PASSWORD\.$/)
    assert.match(findings[0]?.text ?? '', /refused the connection: Not authorized \(0x87\)/)
    await fails(url, 4, /refused the connection: Not authorized \(0x87\)\./, '-u', 'ann', '-P', 'wrong')
    await fails(await refuses(0x86), 4, /Bad User Name or Password \(0x86\)\. Check the user name and the password\.$/i, '-u', 'ann')
    assert.equal((await diagnose(url, '-u', 'ann', '-P', 'right', '--no-measure')).code, 0)
  })

  it('binds the account to a client identifier', async () => {
    const bound = await scripted({
      connect: (connection, { body }) => (body.toString('latin1').split('ann').length > 2 ? connection.accept() : connection.accept(0x87)),
    })
    await fails(bound, 4, /^The broker binds this account to the client identifier that is its user name: pass it with -i\.$/, '-u', 'ann')
  })

  it('assigns no client identifier', async () => {
    const url = await scripted({
      connect: (connection, { body }) => (/wsmq-/.test(body.toString('latin1')) ? connection.accept() : connection.accept(0x85)),
    })
    const diagnosis = await diagnose(url, '--no-measure')
    assert.equal(diagnosis.code, 0)
    assert.match(found(diagnosis, 'client-identifier')?.text ?? '', /assigns no client identifiers/)
    await fails(await refuses(0x85), 4, /0x85.*Choose another client identifier \(-i\)/, '-i', 'mine')
  })

  for (const [reason, verdict] of /** @type {[number, RegExp][]} */ ([
    [0x88, /Server unavailable \(0x88\)\. Try again later\.$/i],
    [0x89, /Server busy \(0x89\)\. Try again later\.$/i],
    [0x8a, /Banned \(0x8a\)\./i],
    [0x9d, /Server moved \(0x9d\)\. Connect to the server that the broker names\.$/i],
    [0x9f, /\(0x9f\)\. Connect less often/],
  ]))
    it(`gives the reason 0x${reason.toString(16)}`, async () => {
      await fails(await refuses(reason), 4, verdict)
    })

  for (const [version, option, least] of /** @type {const} */ ([
    ['3.1.1', '311', 4],
    ['3.1', '31', 3],
  ]))
    it(`knows nothing later than MQTT ${version}`, async () => {
      const url = await scripted({
        connect: (connection) => (connection.version <= least ? connection.accept() : (connection.send(0x20, 0, 1), connection.close())),
      })
      const diagnosis = await diagnose(url, '--no-measure')
      assert.equal(diagnosis.code, 0)
      assert.equal(diagnosis.ok, true)
      assert.deepEqual(found(diagnosis, 'version'), {
        check: 'version',
        status: 'warning',
        text: `The broker does not accept MQTT 5, but MQTT ${version}: use -V ${option}.`,
      })
      assert.equal((await diagnose(url, '--no-measure', '--strict')).code, 1)
    })
})

describe('a broker of MQTT 3.1.1 that refuses', { timeout: 180_000 }, () => {
  it('is told apart from one that does not know the version', async () => {
    const url = await scripted({
      connect: (connection) => (connection.send(0x20, 0, connection.version === 5 ? 1 : 4), connection.close()),
    })
    const { code, verdict, findings } = await diagnose(url, '-u', 'ann', '-P', 'wrong')
    assert.equal(code, 4)
    assert.match(verdict, /\(0x86\)\. Check the user name and the password\.$/)
    assert.deepEqual(findings.map(({ check, status }) => [check, status]), [['version', 'warning'], ['connection', 'error']]) // prettier-ignore
  })
})
