// The command wsmq against a real Mosquitto, beside mosquitto_pub and mosquitto_sub.
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, afterEach, before, describe, it } from 'node:test'
import { fileURLToPath } from 'node:url'
import { listener, startBroker } from '../support/broker.mjs'
import { freePort } from '../support/free-port.mjs'
import { makeCertificate } from '../support/certificate.mjs'
import { buildCommand, endAll, start, wsmq } from './support.mjs'

/** @type {import('../support/broker.mjs').Broker} */
let broker
/** @type {string} */
let directory
/** @type {string} */
let program
/** By transport. @type {Record<string, string[]>} */
const addresses = {}
let topics = 0
const freshTopic = () => `command/${++topics}`

before(async () => {
  program = await buildCommand()
  directory = await mkdtemp(join(tmpdir(), 'wsmq-command-'))
  makeCertificate(directory)
  const [mqtts, wss] = [await freePort(), await freePort()]
  const tls = [`cafile ${directory}/authority.pem`, `certfile ${directory}/server.pem`, `keyfile ${directory}/server.key`]
  broker = await startBroker({
    users: { ann: 'secret' },
    settings: [...listener(mqtts, 'mqtt'), ...tls, ...listener(wss, 'websockets'), ...tls],
  })
  const trust = ['--cafile', `${directory}/authority.pem`]
  addresses['mqtt'] = ['-L', `mqtt://ann:secret@127.0.0.1:${broker.tcpPort}`]
  addresses['mqtts'] = ['-L', `mqtts://ann:secret@127.0.0.1:${mqtts}`, ...trust]
  addresses['ws'] = ['-L', `ws://ann:secret@127.0.0.1:${broker.webSocketPort}/ws_mqtt`]
  addresses['wss'] = ['-L', `wss://ann:secret@127.0.0.1:${wss}/ws_mqtt`, ...trust]
})

afterEach(endAll)

after(async () => {
  await broker.close()
  await rm(directory, { recursive: true })
})

const mosquitto = () => ['-h', '127.0.0.1', '-p', String(broker.tcpPort), '-u', 'ann', '-P', 'secret']
/** @param {readonly string[]} args */
const here = (...args) => [...(addresses['mqtt'] ?? []), ...args]

for (const transport of ['mqtt', 'mqtts', 'ws', 'wss']) {
  describe(`over ${transport}`, { timeout: 180_000 }, () => {
    it('wsmq sub prints what mosquitto_pub publishes', async () => {
      const topic = freshTopic()
      const sub = start(['sub', ...(addresses[transport] ?? []), '-t', `${topic}/+`, '-v', '-q', '1', '-C', '2', '-d'])
      await sub.subscribed()
      execFileSync('mosquitto_pub', [...mosquitto(), '-t', `${topic}/a`, '-m', 'one', '-q', '1'])
      execFileSync('mosquitto_pub', [...mosquitto(), '-t', `${topic}/b`, '-m', 'zwei ü', '-q', '1'])
      const { code, out } = await sub.ended
      assert.equal(out, `${topic}/a one\n${topic}/b zwei ü\n`)
      assert.equal(code, 0)
    })

    it('mosquitto_sub prints what wsmq pub publishes', async () => {
      const topic = freshTopic()
      // Retained, so that it does not matter who is first.
      const { code, err } = await wsmq(['pub', ...(addresses[transport] ?? []), '-t', topic, '-m', 'hello', '-q', '2', '-r'])
      assert.equal(err, '')
      assert.equal(code, 0)
      const printed = execFileSync('mosquitto_sub', [...mosquitto(), '-t', topic, '-C', '1', '-F', '%t %p %q %r'], { encoding: 'utf8' })
      assert.equal(printed, `${topic} hello 0 1\n`)
    })
  })
}

describe('wsmq pub', { timeout: 180_000 }, () => {
  it('publishes each line of its input, in order, with QoS 1', async () => {
    const topic = freshTopic()
    const lines = Array.from({ length: 5000 }, (_, i) => `line ${i}`)
    const sub = start(['sub', ...here('-t', topic, '-q', '1', '-C', '5000', '-d')])
    await sub.subscribed()
    const { code } = await wsmq(['pub', ...here('-t', topic, '-l', '-q', '1')], lines.join('\n'))
    assert.equal(code, 0)
    assert.equal((await sub.ended).out, lines.join('\n') + '\n')
  })

  it('publishes a file, all of its input, nothing, and the same again', async () => {
    const topic = freshTopic()
    const file = join(directory, 'payload')
    await writeFile(file, 'from a file')
    const sub = start(['sub', ...here('-t', topic, '-C', '5', '-d')])
    await sub.subscribed()
    assert.equal((await wsmq(['pub', ...here('-t', topic, '-f', file)])).code, 0)
    assert.equal((await wsmq(['pub', ...here('-t', topic, '-s')], 'a\nb')).code, 0)
    assert.equal((await wsmq(['pub', ...here('-t', topic, '-n')])).code, 0)
    assert.equal((await wsmq(['pub', ...here('-t', topic, '-m', 'twice', '--repeat', '2', '--repeat-delay', '0.01')])).code, 0)
    assert.equal((await sub.ended).out, 'from a file\na\nb\n\ntwice\ntwice\n')
  })

  it('takes the topic out of the address', async () => {
    const topic = freshTopic()
    const sub = start(['sub', ...here('-t', topic, '-C', '1', '-d')])
    await sub.subscribed()
    const { code } = await wsmq(['pub', '-L', `mqtt://ann:secret@127.0.0.1:${broker.tcpPort}/${topic}`, '-m', 'x'])
    assert.equal(code, 0)
    assert.equal((await sub.ended).out, 'x\n')
  })

  it('sends the will when it is killed', async () => {
    const topic = freshTopic()
    const sub = start(['sub', ...here('-t', topic, '-C', '1', '-d')])
    await sub.subscribed()
    const pub = start(['pub', ...here('-t', 'anything', '-l', '-d', '--will-topic', topic, '--will-payload', 'gone', '--will-qos', '1')])
    await pub.until(() => pub.err.includes('Connected'))
    pub.child.kill('SIGKILL')
    assert.equal((await sub.ended).out, 'gone\n')
  })

  it('names each packet with -d, and shows no payload and no password', async () => {
    const { code, err } = await wsmq(['pub', ...here('-t', 'named', '-m', 'the payload', '-q', '1', '-d')])
    assert.equal(code, 0)
    for (const line of [
      /Sent CONNECT "/,
      /Received CONNACK/,
      /Sent PUBLISH "named", QoS 1, packet identifier 1/,
      /Received PUBACK/,
      /Sent DISCONNECT/,
    ])
      assert.match(err, line)
    assert.doesNotMatch(err, /the payload|secret/)
  })

  it('ends in order at SIGTERM while it waits for lines', async () => {
    const pub = start(['pub', ...here('-t', 'anything', '-l', '-d')])
    await pub.until(() => pub.err.includes('Connected'))
    pub.child.kill('SIGTERM')
    assert.equal((await pub.ended).code, 1)
  })
})

describe('wsmq sub', { timeout: 180_000 }, () => {
  it('prints properties as JSON', async () => {
    const topic = freshTopic()
    const sub = start(['sub', ...here('-t', topic, '-C', '1', '-d', '--json')])
    await sub.subscribed()
    const properties = ['-D', 'publish', 'content-type', 'text/plain', '-D', 'publish', 'user-property', 'colour', 'red']
    assert.equal((await wsmq(['pub', ...here('-t', topic, '-m', '{"a":1}', ...properties)])).code, 0)
    const { time, ...message } = JSON.parse((await sub.ended).out)
    assert.ok(Math.abs(Date.now() - time) < 60_000)
    assert.deepEqual(message, {
      topic,
      qos: 0,
      retain: false,
      duplicate: false,
      size: 7,
      payload: '{"a":1}',
      properties: { content_type: 'text/plain', user_properties: [['colour', 'red']] },
    })
  })

  it('prints a payload that is no text as Base64 in JSON, and as hexadecimal', async () => {
    const topic = freshTopic()
    const file = join(directory, 'binary')
    await writeFile(file, Buffer.from([0xff, 0, 0x10]))
    assert.equal((await wsmq(['pub', ...here('-t', topic, '-f', file, '-r', '-q', '1')])).code, 0)
    assert.equal(JSON.parse((await wsmq(['sub', ...here('-t', topic, '-C', '1', '--json')])).out).payload_base64, '/wAQ')
    assert.equal((await wsmq(['sub', ...here('-t', topic, '-C', '1', '-F', '%t\\t%x %X %l%%')])).out, `${topic}\tff0010 FF0010 3%\n`)
  })

  it('leaves out, and removes, what was retained', async () => {
    const topic = freshTopic()
    assert.equal((await wsmq(['pub', ...here('-t', `${topic}/a`, '-m', 'old', '-r', '-q', '1')])).code, 0)
    const removing = await wsmq(['sub', ...here('-t', `${topic}/#`, '--remove-retained', '-C', '1')])
    assert.deepEqual([removing.code, removing.out], [0, 'old\n'])
    const nothing = await wsmq(['sub', ...here('-t', `${topic}/#`, '-W', '0.3')])
    assert.deepEqual([nothing.code, nothing.out], [27, ''])
  })

  it('filters topics out', async () => {
    const topic = freshTopic()
    const sub = start(['sub', ...here('-t', `${topic}/#`, '-T', `${topic}/no/#`, '-C', '1', '-d')])
    await sub.subscribed()
    await wsmq(['pub', ...here('-t', `${topic}/no/x`, '-m', 'no', '-q', '1')])
    await wsmq(['pub', ...here('-t', `${topic}/yes`, '-m', 'yes', '-q', '1')])
    assert.equal((await sub.ended).out, 'yes\n')
  })

  it('takes up its session again', async () => {
    const topic = freshTopic()
    const session = ['-i', 'lasting', '-c', '-q', '1']
    assert.equal((await wsmq(['sub', ...here('-t', topic, ...session, '-E')])).code, 0)
    assert.equal((await wsmq(['pub', ...here('-t', topic, '-m', 'meanwhile', '-q', '1')])).code, 0)
    const { out } = await wsmq(['sub', ...here('-t', topic, ...session, '-C', '1')])
    assert.equal(out, 'meanwhile\n')
  })

  it('goes on after the broker was restarted', async () => {
    const topic = freshTopic()
    const sub = start(['sub', ...here('-t', topic, '-C', '1', '-d')])
    await sub.subscribed()
    await broker.restart()
    await sub.until(() => sub.err.includes('Connected again'))
    // It renews the subscription after that; retained, the message is there whenever it does.
    await wsmq(['pub', ...here('-t', topic, '-m', 'still here', '-r', '-q', '1')])
    assert.equal((await sub.ended).out, 'still here\n')
  })

  it('says goodbye at SIGINT', async () => {
    const sub = start(['sub', ...here('-t', freshTopic(), '-d')])
    await sub.subscribed()
    sub.child.kill('SIGINT')
    assert.equal((await sub.ended).code, 0)
  })

  for (const version of ['5', '311', '31', 'mqttv311']) {
    it(`speaks the version ${version}`, async () => {
      const topic = freshTopic()
      await wsmq(['pub', ...here('-t', topic, '-m', 'x', '-r', '-q', '1', '-V', version)])
      assert.equal((await wsmq(['sub', ...here('-t', topic, '-C', '1', '-V', version)])).out, 'x\n')
    })
  }
})

describe('errors', { timeout: 180_000 }, () => {
  /** @type {[string, () => string[] | Promise<string[]>, number, RegExp][]} */
  const failures = [
    [
      'no broker',
      async () => ['pub', '-h', '127.0.0.1', '-p', String(await freePort()), '-t', 'a', '-m', 'x'],
      3,
      /Not connected: .*refused/i,
    ],
    ['a name that nobody has', () => ['pub', '-h', 'nobody.invalid', '-t', 'a', '-m', 'x'], 3, /Not connected/],
    [
      'a wrong password',
      () => ['pub', '-L', `mqtt://ann:wrong@127.0.0.1:${broker.tcpPort}`, '-t', 'a', '-m', 'x'],
      4,
      /not authori[sz]ed|bad user/i,
    ],
    ['an untrusted certificate', () => ['pub', ...(addresses['mqtts'] ?? []).slice(0, 2), '-t', 'a', '-m', 'x'], 3, /certificate/i],
    ['no topic', () => ['pub', ...here('-m', 'x')], 2, /Name the topic.* -t/],
    ['a topic with a wildcard', () => ['pub', ...here('-t', 'a/#', '-m', 'x')], 2, /not a topic name/],
    ['a filter that is none', () => ['sub', ...here('-t', 'a/#/b')], 2, /not a topic filter/],
    ['two payloads', () => ['pub', ...here('-t', 'a', '-m', 'x', '-n')], 2, /exactly one/],
    ['no such file', () => ['pub', ...here('-t', 'a', '-f', '/nonexistent')], 1, /cannot be read/],
    ['an address that is none', () => ['pub', '-L', 'gopher://x', '-t', 'a', '-m', 'x'], 2, /cannot be used/],
    ['an unknown property', () => ['pub', ...here('-t', 'a', '-m', 'x', '-D', 'publish', 'colour', 'red')], 2, /no property "colour"/],
    [
      'a property for the wrong packet',
      () => ['pub', ...here('-t', 'a', '-m', 'x', '-D', 'publish', 'will-delay-interval', '1')],
      2,
      /not allowed/,
    ],
    [
      'properties below MQTT 5',
      () => ['pub', ...here('-t', 'a', '-m', 'x', '-V', '311', '-D', 'publish', 'content-type', 'x')],
      2,
      /MQTT 5/,
    ],
    ['a format that is none', () => ['sub', ...here('-t', 'a', '-F', '%z')], 2, /no field %z/],
    ['an option that is none', () => ['sub', '--nonsense'], 2, /nonsense/],
    ['no command', () => [], 2, /COMMAND/],
  ]
  for (const [name, args, code, text] of failures) {
    it(`${name}: code ${code}`, async () => {
      const result = await wsmq(await args())
      assert.match(result.err, text)
      assert.equal(result.code, code, result.err)
      assert.equal(result.out, '')
    })
  }

  describe('while nobody answers', () => {
    /** @type {import('node:net').Server} */
    let mute
    /** @type {string[]} */
    let args
    before(async () => {
      mute = createServer((socket) => socket.on('error', () => {})).listen(0, '127.0.0.1')
      await once(mute, 'listening')
      const { port } = /** @type {import('node:net').AddressInfo} */ (mute.address())
      args = ['-h', '127.0.0.1', '-p', String(port), '-t', 'a']
    })
    after(() => void mute.close())

    it('-W ends the attempt: code 27', async () => {
      const { code, err } = await wsmq(['sub', ...args, '-W', '0.2'])
      assert.deepEqual([code, err], [27, 'wsmq: Timed out.\n'])
    })

    for (const [command, code] of /** @type {const} */ ([
      ['sub', 0],
      ['pub', 1],
      ['bench', 1],
    ])) {
      it(`SIGINT ends the attempt of ${command}: code ${code}`, async () => {
        const connected = once(mute, 'connection')
        const one = start([command, ...args, ...(command === 'pub' ? ['-m', 'x'] : [])])
        await connected
        one.child.kill('SIGINT')
        const ended = await one.ended
        assert.deepEqual([ended.code, ended.err], [code, ''])
      })
    }
  })

  it('are JSON with --json, and silent with --quiet', async () => {
    const port = String(await freePort())
    const args = ['pub', '-h', '127.0.0.1', '-p', port, '-t', 'a', '-m', 'x']
    const { error, exit_code } = JSON.parse((await wsmq([...args, '--json'])).err)
    assert.match(error, /Not connected/)
    assert.equal(exit_code, 3)
    const quiet = await wsmq([...args, '--quiet'])
    assert.deepEqual([quiet.code, quiet.err], [3, ''])
  })
})

describe('wsmq bench', { timeout: 180_000 }, () => {
  for (const qos of [0, 1, 2]) {
    it(`counts every message at QoS ${qos}`, async () => {
      const clients = ['--publishers', '2', '--subscribers', '2', '-n', '500', '-q', String(qos)]
      const { code, out, err } = await wsmq(['bench', ...here(...clients, '-t', `${freshTopic()}/%i`, '--json')])
      assert.equal(code, 0, err)
      const result = JSON.parse(out)
      assert.deepEqual([result.published, result.received, result.missing, result.refused], [1000, 2000, 0, 0])
      assert.ok(result.published_per_second > 0 && result.latency_milliseconds.p50 > 0)
      assert.ok(result.latency_milliseconds.p50 <= result.latency_milliseconds.p99)
    })
  }

  it('keeps to the rate that was asked for', async () => {
    const { out } = await wsmq(['bench', ...here('-n', '20', '--rate', '100', '-t', freshTopic(), '--json')])
    const { seconds, received } = JSON.parse(out)
    assert.equal(received, 20)
    assert.ok(seconds >= 0.19, `20 messages at 100 a second cannot take ${seconds} s`)
  })
})

describe('completion for bash', () => {
  /** @param {string} line */
  function complete(line) {
    const script = fileURLToPath(new URL('../../native/command/completion/wsmq.bash', import.meta.url))
    const commands = `source ${script}; COMP_WORDS=(${line}); COMP_CWORD=$((\${#COMP_WORDS[@]} - 1)); _wsmq; printf '%s\\n' "\${COMPREPLY[@]}"`
    return execFileSync('bash', ['-c', commands], { encoding: 'utf8' }).trim().split('\n')
  }

  it('knows the commands, the options of each, and values', () => {
    assert.deepEqual(complete(`${program} p`), ['pub', 'presence'])
    assert.deepEqual(complete(`${program} se`), ['serve', 'services'])
    assert.deepEqual(complete(`${program} h`), ['help'])
    assert.deepEqual(complete(`${program} do`), ['doctor'])
    assert.deepEqual(complete(`${program} doctor --as ''`), ['webapp', 'service', 'device'])
    assert.deepEqual(complete(`${program} help su`), ['sub'])
    assert.deepEqual(complete(`${program} sub --retained`), ['--retained-only'])
    assert.deepEqual(complete(`${program} pub --will-q`), ['--will-qos'])
    assert.deepEqual(complete(`${program} pub -q ''`), ['0', '1', '2'])
    assert.deepEqual(complete(`${program} request --progress ''`), ['err', 'out', 'none'])
    assert.ok(complete(`${program} serve svc --exec mosquitto_p`).includes('mosquitto_pub'))
    assert.ok(complete(`${program} serve svc -- mosquitto_p`).includes('mosquitto_pub'))
    assert.deepEqual(complete(`${program} serve svc --ins`), ['--insecure', '--instance'])
    const help = execFileSync(program, ['bench', '--help'], { encoding: 'utf8' })
    const options = complete(`${program} bench --`)
    assert.ok(options.includes('--publishers') && options.includes('--url'), `${options}`)
    for (const option of options) assert.ok(help.includes(option), option)
  })
})

describe("the README's program", { timeout: 180_000 }, () => {
  it('subscribes, publishes, prints what comes back, and ends', () => {
    const address = `mqtt://ann:secret@127.0.0.1:${broker.tcpPort}`
    const printed = execFileSync(program.replace(/command\/wsmq$/, 'wsmq_hello'), [address], { encoding: 'utf8', timeout: 30_000 })
    assert.equal(printed, 'lab/1/temperature: 21.5\n')
  })
})
