// wsmq doctor as a command: its options, output and exit codes.
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { broker, diagnose, scripted } from './doctor.mjs'
import { start, startOnTerminal, wsmq } from './support.mjs'

describe('the command', { timeout: 180_000 }, () => {
  const here = () => `mqtt://127.0.0.1:${broker.tcpPort}`

  it('takes an address as a word, by -L, in parts, or as a socket', async () => {
    const parts = ['-h', '127.0.0.1', '-p', String(broker.tcpPort)]
    for (const place of [[here()], ['-L', here()], parts]) assert.equal((await wsmq(['doctor', ...place, '--no-measure'])).code, 0)
    const { code, err } = await wsmq(['doctor', '--unix', '/nowhere', '--json'])
    assert.deepEqual([code, err], [3, ''])
  })

  it('refuses arguments that make no sense, with nothing sent', async () => {
    for (const [args, sentence] of /** @type {[string[], RegExp][]} */ ([
      [['example.org:9001'], /has no scheme: write mqtt:\/\//],
      [[here(), '-L', here()], /one address/],
      [[`${here()}/topic`], /has a topic, which this command does not use/],
      [[here(), '--as', 'nobody'], /webapp, service or device/],
      [[here(), '--as', 'webapp'], /--uid ORG:USER:RAND/],
      [[here(), '--as', 'webapp', '--uid', 'ann'], /A uid is ORG:USER:RAND/],
      [[here(), '--as', 'service'], /--name/],
      [[here(), '--as', 'service', '--name', 'a b'], /name of a service/],
      [[here(), '--as', 'device', '--name', 'a/b'], /serial number/],
      [[here(), '--uid', 'acme:ann:aaaa'], /--uid needs --as webapp/],
      [[here(), '--name', 'a'], /--name needs --as/],
      [[here(), '--topic', 'a/#'], /--topic is not a topic name/],
      [[here(), '--keepalive', '3'], /no option --keepalive/],
    ])) {
      const { code, out, err } = await wsmq(['doctor', ...args])
      assert.deepEqual([code, out], [2, ''], err)
      assert.match(err, sentence)
    }
  })

  it('ends by SIGINT at any time, with nothing left behind', async () => {
    for (const packet of ['CONNACK', 'PUBLISH "doctor', 'SUBACK']) {
      const one = start(['doctor', here(), '-d', '--idle', '1000'])
      await one.until(() => one.err.includes(packet))
      one.child.kill('SIGINT')
      const { code, out, err } = await one.ended
      assert.deepEqual([code, out], [7, ''], err)
      assert.match(err, /wsmq: Interrupted\.\n$/)
    }
    const idle = start(['doctor', here(), '-d', '--no-measure', '--idle', '1000'])
    await idle.until(() => idle.err.split('CONNACK').length > 2)
    idle.child.kill('SIGTERM')
    assert.equal((await idle.ended).code, 7)
    const retained = await wsmq(['sub', '-L', here(), '-t', 'doctor/#', '--retained-only', '-W', '0.5'])
    assert.equal(retained.out, '')
  })

  it('ends by -W', async () => {
    const { code, out, err } = await wsmq(['doctor', here(), '--no-measure', '--idle', '1000', '-W', '0.3'])
    assert.deepEqual([code, out, err], [27, '', 'wsmq: Timed out.\n'])
  })

  it('escapes what others said, on a terminal', async () => {
    const url = await scripted({
      connect: (connection) => {
        const reason = Buffer.from('\x1b[2J')
        connection.send(0x20, 0, 0x89, reason.length + 3, 0x1f, 0, reason.length, ...reason)
        connection.close()
      },
    })
    const { out } = await startOnTerminal(['doctor', url]).ended
    assert.match(out, /Server busy \(0x89\), "\\x1b\[2J"/i)
    assert.ok(!out.includes('\x1b'))
    const { verdict } = await diagnose(url)
    assert.match(verdict, /"\x1b\[2J"/) // eslint-disable-line no-control-regex
  })
})
