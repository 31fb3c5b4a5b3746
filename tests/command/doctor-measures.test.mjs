// wsmq doctor where the broker works: what is measured.
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { listener, startBroker } from '../support/broker.mjs'
import { startDeployedMosquitto } from '../support/deployed-mosquitto.mjs'
import { freePort } from '../support/free-port.mjs'
import { broker, closing, diagnose, found, scripted } from './doctor.mjs'
import { wsmq } from './support.mjs'

describe('a broker that works', { timeout: 180_000 }, () => {
  const checks = ['connection', 'exactly-once', 'retained', 'retained-wildcard', 'message-expiry', 'shared-subscriptions']
  checks.push('subscription-identifiers', 'will', 'will-delay')

  it('is measured: Mosquitto', async () => {
    const { code, ok, verdict, url, broker: facts, findings } = await diagnose(`mqtt://ann:secret@127.0.0.1:${broker.tcpPort}`)
    assert.deepEqual(findings.filter(({ status }) => status !== 'ok'), []) // prettier-ignore
    assert.deepEqual(findings.map(({ check }) => check), checks) // prettier-ignore
    assert.equal(code, 0)
    assert.equal(ok, true)
    assert.match(verdict, /^The broker can be used with MQTT 5, with a round trip of \d+\.\d ms\.$/)
    assert.equal(url, `mqtt://127.0.0.1:${broker.tcpPort}`)
    const { roundTrip, ...limits } = facts
    assert.deepEqual(limits, { versions: [3, 4, 5], maximumQos: 2, maximumPacketSize: 0, receiveMaximum: 1000, topicAliasMaximum: 10 })
    assert.ok(roundTrip.median > 0 && roundTrip.longest >= roundTrip.median)
  })

  it('is measured in text, with nothing left behind', async () => {
    const { code, out, err } = await wsmq(['doctor', broker.url, '-V', '311'])
    assert.deepEqual([code, err], [0, ''])
    assert.match(
      out,
      /^The broker can be used with MQTT 3\.1\.1, with a round trip of \d+\.\d ms\.\n\nok {7}connection: .*\nok {7}exactly-once: /,
    )
    assert.match(
      out,
      /\n\nversions: MQTT 3\.1, 3\.1\.1, 5\nmaximum QoS: 2\n(.*\n)*round trip: \d+\.\d ms \(median\), \d+\.\d ms \(longest\)\n$/,
    )
    const retained = await wsmq(['sub', '-h', '127.0.0.1', '-p', String(broker.tcpPort), '-t', 'doctor/#', '--retained-only', '-W', '0.5'])
    assert.deepEqual([retained.code, retained.out], [27, ''])
  })

  it('and where it lacks something, that is a warning with what to do', async () => {
    const port = await freePort()
    const poor = await startBroker({
      settings: ['retain_available false', 'max_packet_size 2000', ...listener(port, 'mqtt'), 'max_qos 1'],
    })
    closing.push(() => poor.close())
    const diagnosis = await diagnose(`mqtt://127.0.0.1:${port}`)
    assert.equal(diagnosis.code, 0)
    assert.equal(diagnosis.ok, true)
    for (const check of ['exactly-once', 'retained', 'retained-wildcard', 'message-expiry'])
      assert.equal(found(diagnosis, check)?.status, 'warning', JSON.stringify(found(diagnosis, check)))
    assert.match(found(diagnosis, 'retained')?.text ?? '', /Enable them on the broker/)
    assert.deepEqual([diagnosis.broker.maximumQos, diagnosis.broker.maximumPacketSize], [1, 2000])
    assert.ok(
      diagnosis.verdict.startsWith('The broker can be used') && diagnosis.verdict.includes(found(diagnosis, 'exactly-once')?.text ?? '-'),
    )
  })

  it('does not let this account use the topics of the doctor', async () => {
    const deployed = await startDeployedMosquitto()
    closing.push(() => deployed.close())
    await deployed.add({ role: 'device', name: 'SN1' }, 'app/')
    const diagnosis = await diagnose(deployed.tcpUrl, '-u', 'SN1', '-P', 'secret', '-i', 'SN1')
    assert.equal(found(diagnosis, 'retained')?.status, 'skipped')
    assert.match(found(diagnosis, 'retained')?.text ?? '', /Not authorized \(0x87\).*give a topic that it can use \(--topic\)/)
    assert.equal(diagnosis.code, 0)
  })

  it('ends the connection while it is measured', async () => {
    const url = await scripted({ subscribe: (connection) => connection.close() })
    const diagnosis = await diagnose(url)
    assert.equal(diagnosis.code, 1)
    assert.match(diagnosis.verdict, /^The broker ended the connection while it was measured/)
  })
})
