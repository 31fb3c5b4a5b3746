// Every wait for the other side, for input and for whoever reads the output ends with -W and with the first SIGINT.
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { constants } from 'node:fs'
import { mkdtemp, open, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, before, describe, it } from 'node:test'
import { eventually } from './party.mjs'
import { useScriptedBroker } from './scripted.mjs'
import { start, startInShell } from './support.mjs'

const silent = () => {}

const brokerThat = useScriptedBroker()
/** One that never says a word about such packets. @param {...string} names */
const brokerWithout = (...names) => brokerThat(Object.fromEntries(names.map((name) => [name, silent])))

/** What ends it, and how. `told`: what is said where -W does. @typedef {{ codes: [number, number], told?: string }} End */

/** @type {Record<string, End & { args: string[] }>} */
const commands = {
  pub: { args: ['-t', 'a', '-m', 'x', '-q', '1'], codes: [1, 27] },
  sub: { args: ['-t', 'a'], codes: [0, 27] },
  bench: { args: [], codes: [1, 27] },
  request: { args: ['svc', 'm'], codes: [7, 27], told: 'No answer arrived in time.' },
  'request --notify': { args: ['svc', 'm'], codes: [7, 27], told: 'No answer arrived in time.' },
  'request --content-type x/y': { args: ['svc', 'm', 'x'], codes: [7, 27], told: 'No answer arrived in time.' },
  serve: { args: ['svc', '--echo'], codes: [0, 27] },
  presence: { args: [], codes: [0, 27] },
  'presence --once': { args: [], codes: [0, 27] },
  services: { args: [], codes: [0, 27] },
}

/** What is not answered, and who waits for it. @type {[string, string[]][]} */
const waits = [
  ['connect', Object.keys(commands)],
  ['subscribe', Object.keys(commands).filter((command) => command !== 'pub')],
  ['publish', ['pub', 'bench -q 1 --subscribers 0', 'serve', 'request']],
  ['unsubscribe', ['sub -U b']],
]

/**
 * Runs a command that does not end before its time. A machine with much to do needs more of it to get as far as the packet.
 * @param {typeof waits[number][0]} packet @param {string[]} words
 */
async function outOfTime(packet, words) {
  for (const wait of ['0.3', '2', '20']) {
    const { broker, here } = await brokerWithout(packet)
    const ended = await start([...words, ...here, '-W', wait]).ended
    if (broker.count(packet) > 0) return ended
  }
  assert.fail(`no ${packet} has come`)
}

for (const [packet, who] of waits)
  describe(`a broker that never answers ${packet.toUpperCase()}`, { timeout: 180_000 }, () => {
    for (const command of who) {
      const { args, codes, told = 'Timed out.' } = commands[command] ?? commands[command.split(' ')[0] ?? ''] ?? { args: [], codes: [0, 0] }
      const words = [...command.split(' '), ...args]

      it(`the first SIGINT ends wsmq ${command}: code ${codes[0]}`, async () => {
        const { broker, here } = await brokerWithout(packet)
        const one = start([...words, ...here])
        await broker.until(packet)
        one.child.kill('SIGINT')
        assert.equal((await one.ended).code, codes[0])
      })

      it(`-W ends wsmq ${command}: code ${codes[1]}`, async () => {
        const { code, err } = await outOfTime(packet, words)
        if (command.startsWith('bench -q')) assert.match(err, /^wsmq: Not every message was received\.\n$/)
        else assert.equal(err, `wsmq: ${told}\n`)
        assert.equal(code, codes[1])
      })
    }
  })

describe('a broker that answers, and has nothing to say', { timeout: 180_000 }, () => {
  for (const [command, args] of /** @type {[string, string[]][]} */ ([
    ['sub', ['-t', 'a', '-C', '1']],
    ['presence', ['--once', '--roll-call', '--settle', '60']],
    ['services', ['--watch']],
  ])) {
    it(`the first SIGINT ends wsmq ${command}`, async () => {
      const { broker, here } = await brokerWithout()
      const one = start([command, ...here, ...args, '-d'])
      await one.subscribed()
      one.child.kill('SIGINT')
      assert.equal((await one.ended).code, 0)
      await broker.until('disconnect')
    })

    it(`-W ends wsmq ${command}, and says so in JSON`, async () => {
      const { here } = await brokerWithout()
      const { code, err } = await start([command, ...here, ...args, '-W', '0.3', '--json']).ended
      assert.deepEqual([code, JSON.parse(err)], [27, { error: 'Timed out.', exit_code: 27 }])
    })
  }

  it('SIGINT ends a wsmq serve whose leaving nobody confirms, when its patience is over', async () => {
    const { broker, here } = await brokerWithout('unsubscribe')
    const one = start(['serve', ...here, 'svc', '--echo', '-d', '--patience', '0.2'])
    await one.until(() => one.err.includes('Joined as'))
    one.child.kill('SIGINT')
    assert.equal((await one.ended).code, 0)
    assert.equal(broker.count('unsubscribe'), 1)
  })
})

describe('input that does not end', { timeout: 180_000 }, () => {
  for (const source of [['-s'], ['-f', '-'], ['-l']]) {
    it(`the first SIGINT ends wsmq pub ${source.join(' ')}`, async () => {
      const { here } = await brokerWithout()
      const one = start(['pub', ...here, '-t', 'a', ...source])
      // Until it reads: the handler is there by then.
      await eventually(async () => execFileSync('ls', [`/proc/${one.child.pid}/task`], { encoding: 'utf8' }).split('\n').length > 2)
      one.child.kill('SIGINT')
      assert.equal((await one.ended).code, 1)
    })

    it(`-W ends wsmq pub ${source.join(' ')}`, async () => {
      const { here } = await brokerWithout()
      const { code, err } = await start(['pub', ...here, '-t', 'a', ...source, '-W', '0.3']).ended
      assert.deepEqual([code, err], [27, 'wsmq: Timed out.\n'])
    })
  }
})

describe('output that nobody takes', { timeout: 180_000 }, () => {
  /** @type {string} */
  let directory
  before(async () => void (directory = await mkdtemp(join(tmpdir(), 'wsmq-command-'))))
  afterEach(() => rm(directory, { recursive: true, force: true }))

  /** `wsmq sub` at a pipe that is full, and stays so. @param {...string} args */
  async function blocked(...args) {
    await rm(directory, { recursive: true, force: true })
    directory = await mkdtemp(join(tmpdir(), 'wsmq-command-'))
    const fifo = join(directory, 'pipe')
    execFileSync('mkfifo', [fifo])
    const reader = await open(fifo, constants.O_RDONLY | constants.O_NONBLOCK)
    const payload = Buffer.alloc(1 << 20, 'x')
    const { here } = await brokerThat({
      subscribe: (connection, packet) => {
        connection.answer(packet)
        const rest = Buffer.concat([Buffer.from([0, 1, 97, 0]), payload])
        connection.socket.write(Buffer.concat([Buffer.from([0x30, ...lengthOf(rest.length)]), rest]))
      },
    })
    const one = startInShell(`exec "$0" "$@" >'${fifo}'`, ['sub', ...here, '-t', 'a', ...args])
    return { one, reader }
  }

  it('the first SIGINT ends wsmq sub', async () => {
    const { one, reader } = await blocked()
    const chunk = Buffer.alloc(16)
    await eventually(async () => (await reader.read(chunk).catch(() => ({ bytesRead: 0 }))).bytesRead > 0)
    one.child.kill('SIGINT')
    assert.equal((await one.ended).code, 0)
    await reader.close()
  })

  it('-W ends wsmq sub', async () => {
    const { one, reader } = await blocked('-W', '0.5')
    const { code, err } = await one.ended
    assert.deepEqual([code, err], [27, 'wsmq: Timed out.\n'])
    await reader.close()
  })
})

/** The variable byte integer of MQTT. @param {number} length */
function lengthOf(length) {
  const bytes = []
  for (let rest = length; ; rest = Math.floor(rest / 128)) {
    if (rest < 128) return [...bytes, rest]
    bytes.push((rest % 128) | 128)
  }
}
