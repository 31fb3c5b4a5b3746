// Connections that a broker ends, one after another or for good: what is said, and how the command ends.
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { linesOf, objectsOf } from './party.mjs'
import { useScriptedBroker } from './scripted.mjs'
import { start, wsmq } from './support.mjs'

const brokerThat = useScriptedBroker()

/** @type {Record<string, string[]>} */
const commands = {
  pub: ['-t', 'a', '-m', 'x', '-q', '1'],
  sub: ['-t', 'a'],
  bench: ['-n', '1', '-q', '1'],
  request: ['svc', 'm', '-W', '50'],
  'request --notify': ['svc', 'm', '-W', '50'],
  serve: ['svc', '--echo'],
  presence: [],
  services: [],
}
/** @param {string} command @param {...string} args */
const words = (command, ...args) => [...command.split(' '), ...args, ...(commands[command] ?? [])]

describe('a broker that closes right after CONNACK', { timeout: 180_000 }, () => {
  const closing = { connect: (/** @type {any} */ connection) => (connection.accept(), connection.close()) }

  for (const command of Object.keys(commands))
    it(`ends wsmq ${command}, with a word about each loss: code 5`, async () => {
      const { broker, here } = await brokerThat(closing)
      const { code, out, err } = await wsmq(words(command, ...here, '--max-losses', '3'))
      assert.deepEqual([code, out, broker.count('connect')], [5, '', 3], err)
      const [first, second, last, ...more] = linesOf(err)
      for (const loss of [first, second])
        assert.match(loss ?? '', /^wsmq: The connection was lost: The broker closed the connection\. Next attempt in \d+ ms\.$/)
      assert.equal(last, 'wsmq: The connection was lost 3 times in a row without progress: The broker closed the connection.')
      assert.deepEqual(more, [])
    })

  it('is told in JSON, and not at all with --quiet', async () => {
    const { here } = await brokerThat(closing)
    const [loss, end] = objectsOf((await wsmq(words('pub', ...here, '--max-losses', '2', '--json'))).err)
    assert.match(loss.warning, /^The connection was lost: /)
    assert.match(end.error, /2 times in a row/)
    assert.equal(end.exit_code, 5)
    assert.deepEqual((await wsmq(words('pub', ...here, '--max-losses', '2', '--quiet'))).err, '')
  })

  it('is not waited for longer than -W says: code 27', async () => {
    const { here } = await brokerThat(closing)
    const { code, err } = await wsmq(words('pub', ...here, '-W', '0.7', '--max-losses', '0'))
    assert.equal(code, 27)
    assert.match(err, /Timed out\.\n$/)
  })

  it('does not end wsmq pub -l that has nothing to say yet', async () => {
    let connections = 0
    const { broker, here } = await brokerThat({
      connect: (connection) => (connection.accept(), ++connections < 4 ? connection.close() : undefined),
    })
    const pub = start(['pub', ...here, '-t', 'a', '-q', '1', '-l', '--max-losses', '2'])
    await broker.until('connect', 4)
    pub.child.stdin.end('at last\n')
    const { code, err } = await pub.ended
    assert.deepEqual([code, linesOf(err).length, broker.count('publish')], [0, 3, 1], err)
  })

  it('does not end what had its subscription', async () => {
    let closes = 0
    const { broker, here } = await brokerThat({
      connect: (connection) => (connection.accept(), closes++ > 0 ? connection.close() : undefined),
    })
    const sub = start(['sub', ...here, '-t', 'a', '-d', '--max-losses', '2'])
    await sub.subscribed()
    for (const { socket } of broker.connections) socket.destroy()
    await broker.until('connect', 5)
    sub.child.kill('SIGINT')
    assert.equal((await sub.ended).code, 0)
  })
})

describe('a broker that ends each connection on which it gets one message', { timeout: 300_000 }, () => {
  /** @param {import('../support/scripted-broker.mjs').Reaction} refuse */
  const refusing = (refuse) =>
    brokerThat({
      publish: (connection, packet) => (packet.body.includes('bad') ? refuse(connection, packet) : connection.answer(packet)),
    })

  it('with its reason: that message fails with it, and the next one goes on: code 1', async () => {
    const { broker, here } = await refusing((connection) => connection.disconnect(0x90))
    const { code, err } = await wsmq(['pub', ...here, '-t', 'a', '-q', '1', '-l'], 'bad\ngood\n')
    assert.equal(code, 1, err)
    assert.match(err, /^wsmq: The connection was lost: Topic Name invalid\. Next attempt in \d+ ms\.$/m)
    assert.match(err, /^wsmq: Not published: Topic Name invalid\.$/m)
    assert.ok(broker.bodies('publish').some((body) => body.includes('good')))
  })

  for (const [name, refuse] of /** @type {[string, import('../support/scripted-broker.mjs').Reaction][]} */ ([
    ['closing it', (connection) => connection.close()],
    ['resetting it', (connection) => connection.reset()],
  ]))
    it(`${name}: that message fails, before the losses are too many: code 1`, async () => {
      const { here } = await refusing(refuse)
      const { code, err } = await wsmq(['pub', ...here, '-t', 'a', '-q', '1', '-m', 'bad'])
      assert.equal(code, 1, err)
      assert.match(
        err,
        /^wsmq: Not published: The broker closes every connection on which this is sent: check its permissions and limits\.$/m,
      )
      assert.ok(linesOf(err).filter((line) => line.startsWith('wsmq: The connection was lost: ')).length > 3)
    })
})

describe('a DISCONNECT that is final', { timeout: 180_000 }, () => {
  const reasons = { 0x8e: 'Session taken over', 0x87: 'Not authorized', 0x9d: 'Server moved' }
  for (const command of Object.keys(commands).filter((each) => each !== 'request --notify'))
    for (const [reason, text] of Object.entries(reasons))
      it(`${text}: code 5 of wsmq ${command}`, async () => {
        const refuse = (/** @type {any} */ connection) => connection.disconnect(Number(reason))
        const { here } = await brokerThat({ subscribe: refuse, publish: refuse })
        const { code, err } = await wsmq(words(command, ...here))
        assert.deepEqual([code, err], [5, `wsmq: The connection was lost: ${text}.\n`])
      })
})

describe('a CONNACK that refuses', { timeout: 180_000 }, () => {
  const returnCodes = /** @type {const} */ ([
    ['311', 1, 4, /Unsupported Protocol Version/],
    ['311', 2, 4, /Client Identifier not valid/],
    ['311', 4, 4, /Bad User Name or Password/],
    ['311', 5, 4, /Not authorized/],
    ['311', 6, 4, /Unspecified error/],
    ['31', 6, 4, /Unspecified error/],
    ['5', 0x87, 4, /Not authorized/],
    ['5', 0x9f, 4, /Connection rate exceeded/],
  ])
  for (const [version, reason, code, text] of returnCodes)
    it(`${reason} of version ${version}: code ${code}`, async () => {
      const { here } = await brokerThat({ connect: (connection) => connection.accept(reason) })
      const result = await wsmq(['pub', ...here, '-V', version, '-t', 'a', '-m', 'x'])
      assert.equal(result.code, code)
      assert.match(result.err, /^wsmq: Not connected: The broker refused: .*\n$/)
      assert.match(result.err, text)
    })
})

describe('a subscription that is refused', { timeout: 180_000 }, () => {
  for (const command of ['sub', 'bench', 'presence', 'services', 'serve', 'request --notify'])
    it(`ends wsmq ${command}: code 1`, async () => {
      const { here } = await brokerThat({ subscribe: (connection, packet) => connection.grant(packet, 0x87) })
      const { code, err } = await wsmq(words(command, ...here))
      assert.equal(code, 1, err)
      assert.match(
        err,
        /^wsmq: Not (subscribed|joined)[^\n]*\n$|^wsmq: The broker refused the subscription[^\n]*\nwsmq: Not subscribed[^\n]*\n$/,
      )
    })
})
