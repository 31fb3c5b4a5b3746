// Where the user name and the password come from, and which of them the broker gets.
import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { ScriptedBroker } from '../support/scripted-broker.mjs'
import { buildCommand, startInShell, wsmq } from './support.mjs'

/** @type {ScriptedBroker} */
let broker
/** @type {Buffer} */
let connect
before(async () => {
  await buildCommand()
  broker = await ScriptedBroker.open({ connect: (connection, { body }) => ((connect = body), connection.accept()) })
})
after(() => broker.close())

/** What a CONNECT says of who it is: user name and password, where it has them. @param {Buffer} body */
function credentialsIn(body) {
  const flags = body[7] ?? 0
  let at = 10 + (body[6] === 5 ? 1 + (body[10] ?? 0) : 0)
  const next = () => {
    const end = at + 2 + body.readUInt16BE(at)
    const text = body.toString('utf8', at + 2, end)
    at = end
    return text
  }
  next() // the client identifier
  return [flags & 0x80 ? next() : undefined, flags & 0x40 ? next() : undefined]
}

const host = () => ['-h', '127.0.0.1', '-p', String(broker.port)]
/** @param {string} account */
const url = (account) => ['-L', `mqtt://${account}@127.0.0.1:${broker.port}`]
const message = ['-t', 'a', '-m', 'x']

/** With WSMQ_PASSWORD. @param {...string} args */
const withPassword = (...args) => startInShell('WSMQ_PASSWORD=environment exec "$0" "$@"', args).ended

describe('WSMQ_PASSWORD', { timeout: 180_000 }, () => {
  /** @type {[string, () => string[], (string | undefined)[]][]} */
  const cases = [
    ['stands alone, with MQTT 5', () => host(), [undefined, 'environment']],
    ['stands beside -u', () => [...host(), '-u', 'ann'], ['ann', 'environment']],
    ['stands beside the user name of an address', () => url('ann'), ['ann', 'environment']],
    ['stands beside that of an address, below MQTT 5', () => [...url('ann'), '-V', '311'], ['ann', 'environment']],
    [
      'stands beside that of the second address',
      () => [...url('').map((word) => word.replace('@', '')), ...url('ann')],
      ['ann', 'environment'],
    ],
    ['gives way to -P', () => [...host(), '-u', 'ann', '-P', 'option'], ['ann', 'option']],
    ['gives way to the password of an address', () => url('ann:address'), ['ann', 'address']],
  ]
  for (const [name, args, expected] of cases)
    it(name, async () => {
      const { code, err } = await withPassword('pub', ...args(), ...message)
      assert.deepEqual([code, err], [0, ''])
      assert.deepEqual(credentialsIn(connect), expected)
    })

  for (const version of ['311', '31'])
    it(`is refused without a user name below MQTT 5: ${version}`, async () => {
      const { code, err } = await withPassword('pub', ...host(), '-V', version, ...message)
      assert.deepEqual([code, err], [2, 'wsmq: A password needs a user name (-u), or MQTT 5 (-V 5).\n'])
    })
})

describe('-u and -P', { timeout: 180_000 }, () => {
  it('stand alone', async () => {
    assert.equal((await wsmq(['pub', ...host(), '-P', 'option', ...message])).code, 0)
    assert.deepEqual(credentialsIn(connect), [undefined, 'option'])
    assert.equal((await wsmq(['pub', ...host(), '-u', 'ann', ...message])).code, 0)
    assert.deepEqual(credentialsIn(connect), ['ann', undefined])
  })

  it('fill in what an address has not', async () => {
    assert.equal((await wsmq(['pub', ...url('ann'), '-P', 'option', ...message])).code, 0)
    assert.deepEqual(credentialsIn(connect), ['ann', 'option'])
  })

  it('do not contradict an address', async () => {
    const name = await wsmq(['pub', ...url('ann'), '-u', 'bob', ...message])
    assert.deepEqual([name.code, name.err], [2, 'wsmq: -u and the user name of an address cannot be combined.\n'])
    const password = await wsmq(['pub', ...url('ann:address'), '-P', 'option', ...message])
    assert.deepEqual([password.code, password.err], [2, 'wsmq: -P and the password of an address cannot be combined.\n'])
  })
})
