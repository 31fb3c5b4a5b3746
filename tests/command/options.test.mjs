// Options that users of the Mosquitto clients know: widths in formats, sockets of the Unix domain, versions of TLS, a
// configuration file; and a session in a file. Beside mosquitto_pub and mosquitto_sub where they have it.
import assert from 'node:assert/strict'
import { execFileSync, spawnSync } from 'node:child_process'
import { openSync } from 'node:fs'
import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, afterEach, before, describe, it } from 'node:test'
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
/** @type {string} */
let socket
/** A listener that speaks TLS 1.3 alone. @type {number} */
let tlsPort
let topics = 0
const freshTopic = () => `options/${++topics}`

before(async () => {
  program = await buildCommand()
  directory = await mkdtemp(join(tmpdir(), 'wsmq-options-'))
  socket = join(directory, 'broker.sock')
  makeCertificate(directory)
  tlsPort = await freePort()
  broker = await startBroker({
    users: { ann: 'secret' },
    settings: [
      ...listener(tlsPort, 'mqtt'),
      `cafile ${directory}/authority.pem`,
      `certfile ${directory}/server.pem`,
      `keyfile ${directory}/server.key`,
      'tls_version tlsv1.3',
      `listener 0 ${socket}`,
    ],
  })
})

afterEach(endAll)

after(async () => {
  await broker.close()
  await rm(directory, { recursive: true })
})

const credentials = ['-u', 'ann', '-P', 'secret']
const mosquitto = () => ['-h', '127.0.0.1', '-p', String(broker.tcpPort), ...credentials]

/** What both print of the same message. @param {string} format @param {string} topic @param {string} payload */
async function bothPrint(format, topic, payload) {
  execFileSync('mosquitto_pub', [...mosquitto(), '-t', topic, '-m', payload, '-r', '-q', '1'])
  const args = [...mosquitto(), '-t', topic, '-C', '1', '-F', format]
  return { ours: (await wsmq(['sub', ...args])).out, theirs: execFileSync('mosquitto_sub', args, { encoding: 'utf8' }) }
}

describe('a format', { timeout: 180_000 }, () => {
  for (const format of ['[%05l]', '[%5l]', '[%-5l]', '[%-05l]', '[%20t]', '[%-20t]', '[%.4t]', '[%20.4t]', '[%-6.3t]%l', '[%2t]'])
    it(`has widths as mosquitto_sub's: ${format}`, async () => {
      const { ours, theirs } = await bothPrint(format, freshTopic(), 'hello')
      assert.equal(ours, theirs)
    })

  it('counts characters, and fills payloads up', async () => {
    const topic = `${freshTopic()}/größe`
    await wsmq(['pub', ...mosquitto(), '-t', topic, '-m', 'ä', '-r', '-q', '1'])
    const { out } = await wsmq(['sub', ...mosquitto(), '-t', topic, '-C', '1', '-F', `[%${topic.length + 1}t][%4p][%-4p][%06x]`])
    assert.equal(out, `[ ${topic}][   ä][ä   ][00c3a4]\n`)
  })

  it('says what has no width', async () => {
    const sound = ['sub', ...mosquitto(), '-t', 'a', '-F']
    for (const [format, says] of [
      ['%5j', /%j has no width/],
      ['%.3l', /%l has no maximum/],
      ['%20000t', /10000 at most/],
      ['%5', /middle of a field/],
      ['%5z', /no field %z/],
    ]) {
      const { code, err } = await wsmq([...sound, /** @type {string} */ (format)])
      assert.equal(code, 2)
      assert.match(err, /** @type {RegExp} */ (says))
    }
  })
})

describe('a socket of the Unix domain', { timeout: 180_000 }, () => {
  it('is reached by --unix and by its URL, beside the Mosquitto clients', async () => {
    const topic = freshTopic()
    execFileSync('mosquitto_pub', ['--unix', socket, ...credentials, '-t', topic, '-m', 'theirs', '-r', '-q', '1'])
    const sub = await wsmq(['sub', '--unix', socket, ...credentials, '-t', topic, '-C', '1'])
    assert.deepEqual([sub.code, sub.out], [0, 'theirs\n'], sub.err)
    const url = `mqtt+unix://ann:secret@${socket}`
    assert.equal((await wsmq(['pub', '-L', url, '-t', topic, '-m', 'ours', '-r', '-q', '1'])).code, 0)
    const args = ['--unix', socket, ...credentials, '-t', topic, '-C', '1']
    assert.equal(execFileSync('mosquitto_sub', args, { encoding: 'utf8' }), 'ours\n')
  })

  it('takes the place of other addresses, and of TLS', async () => {
    for (const [args, says] of [
      [['-L', 'mqtt://localhost'], /cannot be combined with -L/],
      [['-p', '1884'], /cannot be combined with -L/],
      [['--cafile', 'x'], /--unix cannot be combined with TLS/],
      [['--proxy', 'http://localhost:1'], /cannot be combined with a proxy/],
    ]) {
      const { code, err } = await wsmq(['sub', '-t', 'a', '--unix', socket, .../** @type {string[]} */ (args)])
      assert.equal(code, 2)
      assert.match(err, /** @type {RegExp} */ (says))
    }
  })

  it('that nobody listens on is named', async () => {
    const nobody = join(directory, 'nobody.sock')
    const { code, err } = await wsmq(['pub', '--unix', nobody, '-t', 'a', '-m', 'x'])
    assert.equal(code, 3)
    assert.ok(err.includes(nobody), err)
  })
})

describe('--tls-version', { timeout: 180_000 }, () => {
  const pub = () => [
    'pub',
    '-h',
    'localhost',
    '-p',
    String(tlsPort),
    ...credentials,
    '--cafile',
    `${directory}/authority.pem`,
    '-t',
    'tls',
    '-m',
    'x',
  ]

  it('speaks this one and no other', async () => {
    assert.equal((await wsmq([...pub(), '--tls-version', 'tlsv1.3'])).code, 0)
    const refused = await wsmq([...pub(), '--tls-version', 'tlsv1.2'])
    assert.equal(refused.code, 3)
    assert.match(refused.err, /protocol version/)
  })

  it('has no older ones', async () => {
    const { code, err } = await wsmq([...pub(), '--tls-version', 'tlsv1.1'])
    assert.equal(code, 2)
    assert.match(err, /tlsv1\.2 and tlsv1\.3/)
  })
})

describe('a configuration file', { timeout: 180_000 }, () => {
  let files = 0
  /** @param {readonly string[]} lines @param {number} [mode] */
  async function configuration(lines, mode = 0o600) {
    const file = join(directory, `configuration-${++files}`)
    await writeFile(file, `${lines.join('\n')}\n`)
    await chmod(file, mode)
    return file
  }
  const connection = () => ['-h 127.0.0.1', `--port ${broker.tcpPort}`, '# a comment', '', '-u ann', '--pw=secret']

  it('says what the command line does not', async () => {
    const topic = freshTopic()
    const file = await configuration([...connection(), '[sub]', '-v', `-t ${topic}`, '-C 1', '[pub]', '-r'])
    const pub = await wsmq(['pub', '--config', file, '-t', topic, '-m', 'x', '-q', '1'])
    assert.equal(pub.code, 0, pub.err)
    assert.equal((await wsmq(['sub', '--config', file])).out, `${topic} x\n`)
  })

  /** @param {readonly string[]} args @param {Record<string, string>} env */
  const withEnvironment = (args, env) => spawnSync(program, args, { env: { PATH: process.env['PATH'] ?? '', ...env }, encoding: 'utf8' })

  it("is the user's by default", async () => {
    const pub = ['pub', '-t', freshTopic(), '-m', 'x', '-q', '1']
    const home = join(directory, 'home')
    await mkdir(join(home, '.config'), { recursive: true })
    await writeFile(join(home, '.config', 'wsmq'), connection().join('\n'), { mode: 0o600 })
    assert.equal(withEnvironment(pub, { HOME: home }).status, 0)
    assert.equal(withEnvironment(pub, { XDG_CONFIG_HOME: join(home, '.config') }).status, 0)
    assert.equal(withEnvironment([...pub, '-p', '1'], { XDG_CONFIG_HOME: home, HOME: home }).status, 3)
  })

  it('gives way to the command line and to the environment', async () => {
    const topic = freshTopic()
    const wrong = await configuration(['-L mqtt://nobody:wrong@localhost:1', '-i elsewhere', '-q 0', '-t other', '-t another'])
    const { code, out, err } = await wsmq(['sub', '--config', wrong, ...mosquitto(), '-t', topic, '-I', 'mine-', '-E', '-d', '-q', '1'])
    assert.equal(code, 0, err)
    assert.equal(out, '')
    assert.match(err, /Connected as "mine-/)
    assert.match(err, new RegExp(`Subscribed to ${topic}: Granted QoS 1`))
    assert.doesNotMatch(err, /other/)
    const others = await configuration(['-h nobody.invalid', '-p 1', '-u nobody', '-P wrong'])
    const url = `mqtt://ann:secret@127.0.0.1:${broker.tcpPort}`
    assert.equal((await wsmq(['pub', '--config', others, '-L', url, '-t', topic, '-m', 'x'])).code, 0)
    const password = await configuration(['-u ann', '-P wrong'])
    const pub = ['pub', '--config', password, '-L', `mqtt://127.0.0.1:${broker.tcpPort}`, '-t', topic, '-m', 'x']
    assert.equal(withEnvironment(pub, {}).status, 4)
    assert.equal(withEnvironment(pub, { WSMQ_PASSWORD: 'secret' }).status, 0)
  })

  it('with a secret is for nobody else to read', async () => {
    const open = await configuration(connection(), 0o644)
    const { code, err } = await wsmq(['pub', '--config', open, '-t', 'a', '-m', 'x'])
    assert.equal(code, 2)
    assert.match(err, /chmod 600/)
    assert.doesNotMatch(err, /secret@|pw=/)
    const plain = await configuration(['-h 127.0.0.1', '-p 1'], 0o644)
    assert.equal((await wsmq(['pub', '--config', plain, '-t', 'a', '-m', 'x'])).code, 3)
  })

  it('is told where it is wrong, and repeats no value', async () => {
    for (const [line, says] of [
      ['--hots localhost', /Line 1 of .* has an unknown option/],
      ['localhost', /Line 1 of .* does not begin with an option/],
      ['-d secret', /gives a value to -d/],
      ['-q', /lacks the value of -q/],
      ['-q secret', /an invalid value of --qos/],
      ['[suv]', /does not name a subcommand/],
    ]) {
      const { code, err } = await wsmq(['pub', '--config', await configuration([/** @type {string} */ (line)]), '-t', 'a', '-m', 'x'])
      assert.equal(code, 2, /** @type {string} */ (line))
      assert.match(err, /** @type {RegExp} */ (says))
      assert.doesNotMatch(err, /secret/)
    }
    const missing = await wsmq(['pub', '--config', join(directory, 'missing'), '-t', 'a', '-m', 'x'])
    assert.equal(missing.code, 2)
    assert.match(missing.err, /cannot be read/)
  })

  it('passes over options of other subcommands, and has properties of several words', async () => {
    const topic = freshTopic()
    const file = await configuration([...connection(), '-C 1', '-D publish content-type text/plain', '-D publish user-property a b'])
    assert.equal((await wsmq(['pub', '--config', file, '-t', topic, '-m', 'x', '-r', '-q', '1'])).code, 0)
    const { out } = await wsmq(['sub', ...mosquitto(), '-t', topic, '-C', '1', '-F', '%C %P'])
    assert.equal(out, 'text/plain a:b\n')
  })
})

describe('sub --store', { timeout: 180_000 }, () => {
  /** @param {string} topic @param {string} name */
  const sub = (topic, name) => ['sub', ...mosquitto(), '-t', topic, '-i', name, '--store', join(directory, name), '-q', '2']
  /** @param {string} topic @param {readonly (string | number)[]} payloads */
  async function publish(topic, payloads) {
    const { code } = await wsmq(['pub', ...mosquitto(), '-t', topic, '-l', '-q', '2'], payloads.map((each) => `${each}\n`).join(''))
    assert.equal(code, 0)
  }

  for (const version of ['5', '311'])
    it(`prints each message once, over restarts, with MQTT ${version}`, async () => {
      const topic = freshTopic()
      const args = [...sub(topic, `store-${version}`), '-V', version]
      assert.equal((await wsmq([...args, '-E'])).code, 0)
      await publish(topic, [1, 2, 3, 4, 5, 6])
      let seen = ''
      for (const count of ['1', '2', '3']) seen += (await wsmq([...args, '-C', count])).out
      assert.deepEqual(seen.trim().split('\n').sort(), ['1', '2', '3', '4', '5', '6'])
    })

  it('loses nothing when it is killed, and repeats at most what was on its way', async () => {
    const topic = freshTopic()
    const args = sub(topic, 'killed')
    assert.equal((await wsmq([...args, '-E'])).code, 0)
    const payloads = Array.from({ length: 60 }, (_, index) => String(index))
    await publish(topic, payloads)
    const running = start(args)
    await running.until(() => running.out.includes('\n'))
    running.child.kill('SIGKILL')
    const first = (await running.ended).out.trim().split('\n')
    await publish(topic, ['end'])
    const last = start(args)
    await last.until(() => last.out.includes('end\n'))
    last.child.kill('SIGINT')
    const second = (await last.ended).out.trim().split('\n')
    const all = new Set([...first, ...second])
    for (const each of payloads) assert.ok(all.has(each), `${each} is lost`)
    // Mosquitto has 20 on their way at once.
    const repeated = second.filter((each) => first.includes(each))
    assert.ok(repeated.length <= 20, `${repeated.length} come again`)
  })

  it('acknowledges nothing that could not be printed', async () => {
    const topic = freshTopic()
    const args = sub(topic, 'full')
    assert.equal((await wsmq([...args, '-E'])).code, 0)
    await publish(topic, ['precious'])
    const full = spawnSync(program, args, { stdio: ['ignore', openSync('/dev/full', 'w'), 'pipe'], encoding: 'utf8' })
    assert.equal(full.status, 1)
    assert.match(full.stderr, /could not be written/)
    assert.equal((await wsmq([...args, '-C', '1'])).out, 'precious\n')
  })

  it('is for one process at a time, and for a named session that lasts', async () => {
    const topic = freshTopic()
    const one = start([...sub(topic, 'locked'), '-d'])
    await one.subscribed()
    const other = await wsmq(sub(topic, 'locked'))
    assert.equal(other.code, 1)
    assert.match(other.err, /Another process uses/)
    const nameless = await wsmq(['sub', ...mosquitto(), '-t', topic, '--store', join(directory, 'nameless')])
    assert.equal(nameless.code, 2)
    assert.match(nameless.err, /--store needs a client identifier/)
    const short = await wsmq([...sub(topic, 'short'), '-x', '0'])
    assert.equal(short.code, 2)
    assert.match(short.err, /outlives the connection/)
  })
})
