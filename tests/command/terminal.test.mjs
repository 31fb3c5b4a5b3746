// What others wrote and a terminal would obey: escaped where there is a terminal, untouched in pipes and files.
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { once } from 'node:events'
import { readFile, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { afterEach, describe, it } from 'node:test'
import { createServer as createTlsServer } from 'node:tls'
import { refusalPacket } from '../support/packets.mjs'
import { useWorld } from './party.mjs'
import { start, startOnTerminal } from './support.mjs'

/** @type {import('./party.mjs').World} */
let world
useWorld((opened) => (world = opened))

const escape = '\u001b'
/** A window's title, a colour in C1, text that turns around, ends of line that are none; and how they are shown. */
const hostile = `a${escape}]0;owned\u0007\u007f\u009b31m\u202etxt.exe\u202c\u2028\u2066b\u2069\r\u0000ü€😀`
const shown = 'a\\x1b]0;owned\\x07\\x7f\\u009b31m\\u202etxt.exe\\u202c\\u2028\\u2066b\\u2069\\x0d\\x00ü€😀'
/** What Mosquitto lets through in topics and in the texts of properties. */
const turned = 'x\u202etxt\u2067\u2029'
const turnedShown = 'x\\u202etxt\\u2067\\u2029'
// eslint-disable-next-line no-control-regex
const unfit = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u2028-\u202e\u2066-\u2069]/

/** What the command shows on a terminal, which makes \r\n of its ends of line. @param {string[]} args */
async function seen(...args) {
  const one = startOnTerminal(args)
  const { code, out } = await one.ended
  return { code, out: out.replaceAll('\r\n', '\n'), err: '', bytes: one.bytes }
}

/** @param {string[]} args */
async function piped(...args) {
  const one = start(args, '')
  const { code, out, err } = await one.ended
  return { code, out, err, bytes: one.bytes }
}

describe('wsmq sub', { timeout: 180_000 }, () => {
  /** @param {string} topic @param {string | Buffer} payload @param {import('mqtt').IClientPublishOptions['properties']} [properties] */
  async function keep(topic, payload, properties) {
    const client = await world.client()
    await client.publishAsync(topic, payload, { qos: 1, retain: true, ...(properties ? { properties } : {}) })
  }

  it('escapes a payload for a terminal, but for its ends of line and tabs, and leaves it alone in a pipe', async () => {
    await keep('a', `one\ttab\n${hostile}`)
    const args = ['sub', ...world.address, '-t', 'a', '-C', '1']
    assert.equal((await seen(...args)).out, `one\ttab\n${shown}\n`)
    assert.equal((await seen(...args, '-v')).out, `a one\ttab\n${shown}\n`)
    assert.deepEqual((await piped(...args)).bytes, Buffer.from(`one\ttab\n${hostile}\n`))
  })

  it('escapes bytes that are not UTF-8 for a terminal', async () => {
    const bytes = Buffer.from([0x9b, 0x41, 0xc3, 0x28, 0xc0, 0x9b, 0xe2, 0x80, 0xed, 0xa0, 0x80, 0xf5, 0x80])
    await keep('a', bytes)
    const args = ['sub', ...world.address, '-t', 'a', '-C', '1', '-N']
    assert.equal((await seen(...args)).bytes.toString('latin1'), '\\x9bA\\xc3(\\xc0\\x9b\\xe2\\x80\\xed\\xa0\\x80\\xf5\\x80')
    assert.deepEqual((await piped(...args)).bytes, bytes)
  })

  it('escapes topics and properties, and leaves the format of the user alone', async () => {
    const topic = `topic/${turned}`
    await keep(topic, 'x', {
      contentType: turned,
      responseTopic: `re/${turned}`,
      correlationData: Buffer.from(`${escape}c\n`),
      userProperties: { [turned]: turned },
    })
    const args = ['sub', ...world.address, '-t', 'topic/+', '-C', '1']
    const format = [...args, '-F', '\\e[1m%t|%C|%R|%D|%P|%x\\e[0m']
    const fields = [topic, turned, `re/${turned}`, `${escape}c\n`, `${turned}:${turned}`, '78']
    const escaped = [`topic/${turnedShown}`, turnedShown, `re/${turnedShown}`, '\\x1bc\\x0a', `${turnedShown}:${turnedShown}`, '78']
    assert.equal((await seen(...format)).out, `${escape}[1m${escaped.join('|')}${escape}[0m\n`)
    assert.equal((await piped(...format)).out, `${escape}[1m${fields.join('|')}${escape}[0m\n`)
    assert.equal((await seen(...args, '-v')).out, `topic/${turnedShown} x\n`)
  })

  it('escapes in JSON always, and changes no value by it', async () => {
    const text = hostile.replaceAll('\0', '')
    await keep(`json/${turned}`, JSON.stringify([text]), { userProperties: { [turned]: turned } })
    const args = ['sub', ...world.address, '-t', 'json/+', '-C', '1']
    for (const form of [['--json'], ['--json', '--pretty'], ['-F', '%j'], ['-F', '%J']]) {
      for (const run of [seen, piped]) {
        const { out } = await run(...args, ...form)
        assert.doesNotMatch(out, unfit)
        const { topic, payload, properties } = JSON.parse(out)
        assert.equal(topic, `json/${turned}`)
        assert.deepEqual(properties.user_properties, [[turned, turned]])
        assert.deepEqual(form[1] === '%J' ? payload : JSON.parse(payload), [text])
      }
    }
  })
})

describe('the messaging', { timeout: 180_000 }, () => {
  it('shows uids, states and records of services escaped', async () => {
    const client = await world.client()
    const kept = /** @type {const} */ ({ qos: 1, retain: true })
    const uid = `acme:${turned}:aaaa`
    const state = JSON.stringify({ [turned]: '\u009b31m' })
    await client.publishAsync(`app/webapp/status/${uid}`, `{"online":true,"state":${state}}`, kept)
    const record = { online: true, version: hostile, methods: [turned] }
    await client.publishAsync('app/webapp/svc/orders/a', JSON.stringify(record), kept)
    const presence = ['presence', ...world.address, '--once']
    const stateShown = `{"${turnedShown}":"\\u009b31m"}`
    assert.equal((await seen(...presence)).out, `acme:${turnedShown}:aaaa ${stateShown}\n`)
    // Whoever takes the uid out of the line wants the real one.
    assert.equal((await piped(...presence)).out, `${uid} ${stateShown}\n`)
    const services = ['services', ...world.address]
    for (const run of [seen, piped]) {
      const { out } = await run(...services)
      assert.ok(out.includes(shown) && out.includes(turnedShown), out)
      for (const args of [presence, services]) {
        const json = await run(...args, '--json')
        assert.doesNotMatch(json.out, unfit)
        assert.ok(JSON.parse(json.out))
      }
    }
  })

  it('shows raw bodies, results, items and errors escaped', async () => {
    await world.serve('raw', '--raw', '--echo')
    const file = join(world.directory, 'body')
    await writeFile(file, `one\n${hostile}`)
    const raw = ['request', ...world.address, 'raw', 'm', '-f', file, '--content-type', 'text/plain']
    assert.equal((await seen(...raw)).out, `one\n${shown}`)
    assert.equal((await piped(...raw)).out, `one\n${hostile}`)
    await world.responder('app/webapp/req/svc/+', ({ method }) =>
      method === 'fails' ? { error: { code: 7, message: hostile, data: hostile } } : { result: [hostile] },
    )
    for (const run of [seen, piped]) {
      const { out } = await run('request', ...world.address, 'svc', 'works')
      assert.doesNotMatch(out, unfit)
      assert.deepEqual(JSON.parse(out), [hostile])
    }
    const { out } = await seen('request', ...world.address, 'svc', 'fails')
    assert.ok(out.startsWith(`wsmq: Error 7: ${shown} "`), out)
    assert.doesNotMatch(out, unfit)
  })
})

describe('errors', { timeout: 180_000 }, () => {
  /** @type {import('node:net').Server[]} */
  const servers = []
  afterEach(() => servers.splice(0).forEach((server) => server.close()))

  /** @param {import('node:net').Server} server */
  async function listening(server) {
    servers.push(server.listen(0, '127.0.0.1'))
    await once(server, 'listening')
    return /** @type {import('node:net').AddressInfo} */ (server.address()).port
  }

  /** Says this to whoever connects and asks. @param {string | Buffer} answer */
  const saying = (answer) => listening(createServer((socket) => socket.on('error', () => {}).once('data', () => socket.end(answer))))

  /** It is one line, whether there is a terminal or not: an error is a sentence. @param {string} text @param {...string} args */
  async function isTold(text, ...args) {
    const terminal = await seen(...args)
    assert.ok(terminal.out.includes(text), terminal.out)
    const { err } = await piped(...args)
    assert.ok(err.includes(text), err)
    const json = await piped(...args, '--json')
    assert.ok(JSON.parse(json.err).error)
    for (const output of [terminal.out, err, json.err]) {
      assert.doesNotMatch(output, unfit)
      assert.equal(output.trimEnd().split('\n').length, 1, output)
    }
  }

  it("tell a broker's reason", async () => {
    const port = await saying(refusalPacket(0x87, `${hostile.replaceAll('\0', '')}\n`))
    await isTold(`${shown.replace('\\x00', '')}\\x0a`, 'pub', '-L', `mqtt://127.0.0.1:${port}`, '-t', 'a', '-m', 'x')
  })

  it("tell a web server's status, and a proxy's", async () => {
    const port = await saying(`HTTP/1.1 404 Not ${turned}\r\nLocation: /${turned}\r\nContent-Length: 0\r\n\r\n`)
    await isTold('HTTP 404 Not x???txt', 'pub', '-L', `ws://127.0.0.1:${port}`, '-t', 'a', '-m', 'x')
    await isTold('HTTP 404 Not x???txt', 'pub', '--proxy', `http://127.0.0.1:${port}`, '-t', 'a', '-m', 'x')
    const worse = await saying(`HTTP/1.1 404 No${escape}[31m\u009bway\r\nContent-Length: 0\r\n\r\n`)
    await isTold('WebSocket', 'pub', '-L', `ws://127.0.0.1:${worse}`, '-t', 'a', '-m', 'x')
  })

  it("tell a certificate's names", async () => {
    const [key, cert] = [join(world.directory, 'evil.key'), join(world.directory, 'evil.pem')]
    const subject = `/CN=evil${escape}[31m\u009b\u202ename`
    const curve = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes']
    const self = ['req', '-x509', '-utf8', ...curve, '-keyout', key, '-out', cert, '-days', '2', '-subj', subject]
    execFileSync('openssl', self, { stdio: 'pipe' })
    const files = { key: await readFile(key), cert: await readFile(cert) }
    const port = await listening(createTlsServer(files, (socket) => socket.on('error', () => {})))
    await isTold('CN = evil', 'pub', '-L', `mqtts://127.0.0.1:${port}`, '-t', 'a', '-m', 'x')
  })

  it('tell arguments', async () => {
    const { out } = await seen('pub', '-t', `a${escape}[31m#`, '-m', 'x')
    assert.equal(out, 'wsmq: "a\\x1b[31m#" is not a topic name.\n')
    const extra = await seen('pub', `${escape}[31m`)
    assert.match(extra.out, /\\x1b\[31m/)
    assert.doesNotMatch(extra.out, unfit)
  })
})
