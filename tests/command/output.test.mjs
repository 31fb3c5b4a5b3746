// Output that cannot be written, a reader that goes, and descriptors that are closed from the start.
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { constants } from 'node:fs'
import { open, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { beforeEach, describe, it } from 'node:test'
import { useWorld } from './party.mjs'
import { start, startInShell } from './support.mjs'

/** @type {import('./party.mjs').World} */
let world
useWorld((opened) => (world = opened))

const record = { online: true, version: '1', methods: [], raw: false, since: 1, stats: {} }

/** What prints something, and ends. @type {Record<string, string[]>} */
const printing = {
  sub: ['-t', 'kept', '-C', '1'],
  'sub --json': ['-t', 'kept', '-C', '1'],
  bench: ['-n', '1'],
  'bench --json': ['-n', '1'],
  request: ['svc', 'echo', '[1]'],
  'presence --once': [],
  services: [],
}
/** What waits, and has nothing to say. @type {Record<string, string[]>} */
const waiting = {
  sub: ['-t', 'silence'],
  presence: ['--user', 'nobody'],
  services: ['none', '--watch'],
  request: ['mute', 'm', '-W', '50'],
}
/** @param {string} command @param {string[]} args */
const words = (command, args) => [...command.split(' '), ...world.address, ...args]

describe('output that cannot be written', { timeout: 180_000 }, () => {
  beforeEach(async () => {
    const client = await world.client()
    await client.publishAsync('kept', 'x', { qos: 1, retain: true })
    await client.publishAsync('app/webapp/status/acme:ann:aaaa', JSON.stringify({ online: true, since: 1 }), { qos: 1, retain: true })
    await client.publishAsync('app/webapp/svc/svc/one', JSON.stringify(record), { qos: 1, retain: true })
    await world.responder('app/webapp/req/svc/+', () => ({ result: [1] }))
  })

  for (const [command, args] of Object.entries(printing)) {
    it(`ends wsmq ${command} with code 1: no space`, async () => {
      const { code, err } = await startInShell('exec "$0" "$@" >/dev/full', words(command, args)).ended
      assert.equal(code, 1, err)
      assert.equal(textOf(err), 'Standard output could not be written: No space left on device.')
    })

    it(`ends wsmq ${command} with code 1: closed`, async () => {
      const { code, err } = await startInShell('exec "$0" "$@" >&-', words(command, args)).ended
      assert.equal(code, 1, err)
      assert.equal(textOf(err), 'Standard output could not be written: Bad file descriptor.')
    })
  }

  it('ends what tells of the command itself', async () => {
    for (const args of [['--help'], ['--version'], ['sub', '--help'], ['help'], ['--list-commands'], ['pub', '--list-options']]) {
      const { code, err } = await startInShell('exec "$0" "$@" >/dev/full', args).ended
      assert.deepEqual([code, err], [1, 'wsmq: Standard output could not be written.\n'], `${args}`)
    }
  })
})

describe('a reader that has all that it wants', { timeout: 180_000 }, () => {
  const pipe = `bash -c 'set -o pipefail; "$0" "$@" | head -n 1' "$0" "$@"`

  it('may go while the command disconnects', async () => {
    await (await world.client()).publishAsync('kept', 'x', { qos: 1, retain: true })
    await world.serve('svc', '--echo')
    for (let i = 0; i < 10; i++) {
      const sub = await startInShell(pipe, words('sub', ['-t', 'kept', '-C', '1'])).ended
      assert.deepEqual([sub.code, sub.out, sub.err], [0, 'x\n', ''])
      const request = await startInShell(pipe, words('request', ['svc', 'echo', '[1]'])).ended
      assert.deepEqual([request.code, request.out, request.err], [0, '[1]\n', ''])
    }
  })
})

describe('a reader that goes while nothing comes', { timeout: 180_000 }, () => {
  for (const [command, args] of Object.entries(waiting)) {
    it(`ends wsmq ${command}: of a socket`, async () => {
      await silence()
      const one = start([...words(command, args), '-d'])
      await one.until(() => /Subscribed to|Joined as/.test(one.err))
      one.child.stdout.destroy()
      const { code, err } = await one.ended
      assert.equal(code, 1)
      assert.match(err, /^wsmq: Standard output was closed by its reader\.$/m)
    })

    it(`ends wsmq ${command}: of a pipe`, async () => {
      await silence()
      const fifo = join(world.directory, `pipe-${command}`)
      execFileSync('mkfifo', [fifo])
      const reader = await open(fifo, constants.O_RDONLY | constants.O_NONBLOCK)
      const one = startInShell(`exec "$0" "$@" >'${fifo}'`, [...words(command, args), '-d'])
      await one.until(() => /Subscribed to|Joined as/.test(one.err))
      await reader.close()
      const { code, err } = await one.ended
      assert.equal(code, 1)
      assert.match(err, /^wsmq: Standard output was closed by its reader\.$/m)
    })
  }

  /** Somebody who takes requests, and never answers. */
  async function silence() {
    await world.responder('app/webapp/req/mute/+', () => undefined)
  }

  it('is nothing to a file', async () => {
    const file = join(world.directory, 'file')
    const one = startInShell(`exec "$0" "$@" >'${file}'`, [...words('sub', ['-t', 'later', '-C', '1']), '-d'])
    await one.subscribed()
    await world.run('pub', '-t', 'later', '-m', 'x', '-q', '1')
    assert.equal((await one.ended).code, 0)
    assert.equal(await readFile(file, 'utf8'), 'x\n')
  })
})

describe('descriptors that are closed', { timeout: 180_000 }, () => {
  it('no input is an empty one', async () => {
    const heard = await world.listen('closed/+')
    const lines = await startInShell('exec "$0" "$@" <&-', words('pub', ['-t', 'closed/l', '-l'])).ended
    assert.deepEqual([lines.code, lines.err], [0, ''])
    const whole = await startInShell('exec "$0" "$@" <&-', words('pub', ['-t', 'closed/s', '-s', '-q', '1'])).ended
    assert.deepEqual([whole.code, whole.err], [0, ''])
    await heard.until(({ length }) => length > 0)
    assert.deepEqual(
      heard.all.map(({ topic, text }) => [topic, text]),
      [['closed/s', '']],
    )
  })

  it('all three are missed by nobody who needs none', async () => {
    const heard = await world.listen('closed/+')
    const { code } = await startInShell('exec "$0" "$@" <&- >&- 2>&-', words('pub', ['-t', 'closed/m', '-m', 'x', '-q', '1'])).ended
    assert.equal(code, 0)
    await heard.until(({ length }) => length > 0)
  })

  it('errors go nowhere, not to the broker', async () => {
    const { code } = await startInShell('exec "$0" "$@" 2>&-', words('sub', ['-t', 'a', '-d', '-W', '0.2'])).ended
    assert.equal(code, 27)
  })
})

/** The error of standard error, of lines or JSON. @param {string} text */
function textOf(text) {
  return text.startsWith('{') ? JSON.parse(text).error : text.replace(/^wsmq: /, '').trimEnd()
}
