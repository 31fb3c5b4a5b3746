// wsmq doctor --access: the access rules of the convention, tried from inside.
import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { startDeployedMosquitto } from '../support/deployed-mosquitto.mjs'
import { dropping } from '../support/dropping.mjs'
import { broker, closing, diagnose, found } from './doctor.mjs'

describe('the access rules of the convention, from inside', { timeout: 180_000 }, () => {
  const uid = 'acme:ann:aaaa'
  /** @type {Awaited<ReturnType<typeof startDeployedMosquitto>>} */
  let deployed
  before(async () => {
    deployed = await startDeployedMosquitto()
    await deployed.add({ role: 'webapp', name: uid }, 'app/')
    await deployed.add({ role: 'service', name: 'orders/one' }, 'app/')
    await deployed.add({ role: 'device', name: 'SN1' }, 'app/')
  })
  after(() => deployed?.close())

  for (const [name, account, url] of /** @type {[string, string[], () => string][]} */ ([
    ['a webapp', ['-u', uid, '--as', 'webapp', '--uid', uid], () => deployed.url],
    ['a webapp over TCP', ['-u', uid, '--as', 'webapp', '--uid', uid], () => deployed.tcpUrl],
    ['a service', ['-u', 'service:orders:one', '--as', 'service', '--name', 'orders/one'], () => deployed.tcpUrl],
    ['a device', ['-u', 'SN1', '--as', 'device', '--name', 'SN1'], () => deployed.tcpUrl],
  ]))
    it(`are those of the shipped configuration: ${name}`, async () => {
      const diagnosis = await diagnose(url(), ...account, '-P', 'secret', '--no-measure')
      assert.deepEqual(diagnosis.findings.filter(({ status }) => status !== 'ok'), []) // prettier-ignore
      assert.match(found(diagnosis, 'access')?.text ?? '', /are those of the convention, as far as \S+ can tell \(\d\d trials\)\.$/)
      assert.equal(diagnosis.code, 0)
    })

  it('can be tried together with the measuring where an account has one connection', async () => {
    const diagnosis = await diagnose(deployed.url, '-u', uid, '-P', 'secret', '--as', 'webapp', '--uid', uid)
    assert.equal(diagnosis.code, 0, diagnosis.verdict)
    assert.deepEqual(diagnosis.broker.versions, [3, 4, 5])
    assert.ok(diagnosis.findings.every(({ status }) => status === 'ok' || status === 'skipped'))
  })

  it('are tried once more where the broker closes a connection instead of answering', async () => {
    const { port, close } = await dropping(Number(new URL(deployed.tcpUrl).port))
    closing.push(close)
    const account = ['-u', uid, '-P', 'secret', '--as', 'webapp', '--uid', uid]
    const diagnosis = await diagnose(`mqtt://127.0.0.1:${port}`, ...account, '--no-measure')
    assert.equal(diagnosis.code, 0, diagnosis.verdict)
  })

  it('are too wide where everybody may do everything', async () => {
    const url = `mqtt://127.0.0.1:${broker.tcpPort}`
    for (const [account, forbidden] of /** @type {[string[], RegExp][]} */ ([
      [['--as', 'webapp', '--uid', uid], /can publish app\/webapp\/res\/acme:ann:aaaa, which it must not/],
      [['--as', 'service', '--name', 'orders'], /can subscribe app\/webapp\/res\/\+, which it must not/],
      [['--as', 'device', '--name', 'SN1', '--root', ''], /can publish device\/status\/doctor, which it must not/],
    ])) {
      const diagnosis = await diagnose(url, ...account, '--no-measure')
      assert.equal(diagnosis.code, 1)
      assert.equal(diagnosis.ok, false)
      const texts = diagnosis.findings.map(({ text }) => text)
      assert.ok(texts.some((text) => forbidden.test(text)), texts.join('\n')) // prettier-ignore
      assert.ok(texts.includes('This account can subscribe #, which it must not: the access rules are too wide.'))
      assert.ok(texts.every((text) => !/cannot/.test(text)))
    }
  })

  it('are too narrow where nothing is allowed, and with another root', async () => {
    const diagnosis = await diagnose(
      deployed.tcpUrl,
      '-u',
      uid,
      '-P',
      'secret',
      '--as',
      'webapp',
      '--uid',
      uid,
      '--root',
      'other/',
      '--no-measure',
    )
    assert.equal(diagnosis.code, 1)
    const texts = diagnosis.findings.map(({ text }) => text)
    assert.ok(texts.includes('This account cannot publish other/webapp/status/acme:ann:aaaa, which every webapp needs: add it to the access rules.')) // prettier-ignore
  })

  it('are judged as far as a broker of MQTT 3.1.1 tells', async () => {
    const diagnosis = await diagnose(
      deployed.tcpUrl,
      '-V',
      '311',
      '-u',
      'SN1',
      '-P',
      'secret',
      '--as',
      'device',
      '--name',
      'SN1',
      '--no-measure',
    )
    assert.equal(diagnosis.code, 0)
    assert.deepEqual(
      diagnosis.findings.map(({ check, status }) => [check, status]),
      [
        ['connection', 'ok'],
        ['access', 'skipped'],
        ['access', 'ok'],
      ],
    )
    assert.match(diagnosis.findings[1]?.text ?? '', /5 were not judged/)
  })
})
