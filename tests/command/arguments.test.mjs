// What is wrong with a command line is one sentence, with the command's prefix; with --json, an object.
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { objectsOf, useWorld } from './party.mjs'
import { wsmq } from './support.mjs'

/** @type {import('./party.mjs').World} */
let world
useWorld((opened) => (world = opened))

const sub = ['sub', '-t', 'a']
const pub = ['pub', '-t', 'a', '-m', 'x']

/** @type {[string[], string][]} */
const refused = [
  // Words
  [['publ'], 'There is no command "publ". Is it pub?'],
  [['xyzzy'], 'There is no command "xyzzy".'],
  [['servces', '--help'], 'There is no command "servces". Is it services?'],
  [[...sub, '--topc', 'a'], 'wsmq sub has no option --topc. Is it --topic?'],
  [[...sub, '-Z'], 'wsmq sub has no option -Z.'],
  [[...sub, 'b'], 'Unexpected argument: "b".'],
  [['sub', '-t'], '-t (--topic) takes a value, which is missing.'],
  // Numbers
  [[...sub, '-C', '0'], '-C (--count) takes a whole number of at least 1, not "0".'],
  [[...sub, '-C', '-1'], '-C (--count) takes a whole number of at least 1, not "-1".'],
  [[...sub, '-C', '99999999999999999999'], '-C (--count) takes a whole number of at least 1, not "99999999999999999999".'],
  [[...sub, '-W', 'abc'], '-W (--timeout) takes a number from 0.001 to 2000000, not "abc".'],
  [[...sub, '-W', 'nan'], '-W (--timeout) takes a number from 0.001 to 2000000, not "nan".'],
  [[...sub, '-W', '0'], '-W (--timeout) takes a number from 0.001 to 2000000, not "0".'],
  [[...pub, '-k', '70000'], '-k (--keepalive) takes a whole number from 0 to 65535, not "70000".'],
  [[...pub, '-k', '1.5'], '-k (--keepalive) takes a whole number from 0 to 65535, not "1.5".'],
  [[...pub, '-k', '010'], '-k (--keepalive) takes a whole number from 0 to 65535, not "010".'],
  [[...pub, '-p', '0'], '-p (--port) takes a whole number from 1 to 65535, not "0".'],
  [[...pub, '-q', '3'], '-q (--qos) takes a whole number from 0 to 2, not "3".'],
  [[...pub, '--repeat', '0'], '--repeat takes a whole number of at least 1, not "0".'],
  [['bench', '-s', '1'], '-s (--size) takes a whole number from 16 to 16777216, not "1".'],
  [['serve', 'svc', '--echo', '--janitor', 'x'], '--janitor takes a whole number from 0 to 4294967295, not "x".'],
  [['request', 'svc', 'm', '--progress', 'x'], '--progress takes err, out or none, not "x".'],
  [['presence', '--settle', '61'], '--settle takes a number from 0 to 60, not "61".'],
  // Properties
  [[...pub, '-D', 'publish', 'content-type'], '-D takes a packet, a property and its value; a user property has two, a name and a value.'],
  [
    [...pub, '-D', 'publish', 'user-property', 'a'],
    '-D takes a packet, a property and its value; a user property has two, a name and a value.',
  ],
  [[...pub, '-D'], '-D (--property) takes a value, which is missing.'],
  // Pairs
  [[...sub, '-L', 'mqtt://a', '-h', 'b'], '-L cannot be combined with -h or -p.'],
  [[...pub, '-L', 'mqtt://a', '-p', '1884'], '-L cannot be combined with -h or -p.'],
  [['pub', '-L', 'mqtt://a/t', '-t', 'a', '-m', 'x'], '-t and the topic of an address cannot be combined.'],
  [['pub', '-L', 'mqtt://a/t', '-L', 'mqtt://b/u', '-m', 'x'], 'The addresses have different topics.'],
  [['bench', '-L', 'mqtt://a/t'], 'The address has a topic, which this command does not use; leave it out.'],
  [['request', '-L', 'mqtt://a/t', 'svc', 'm'], 'The address has a topic, which this command does not use; leave it out.'],
  [['serve', '-L', 'mqtt://a/t', 'svc', '--echo'], 'The address has a topic, which this command does not use; leave it out.'],
  [['services', '-L', 'mqtt://a/t'], 'The address has a topic, which this command does not use; leave it out.'],
  [[...pub, '--will-payload', 'x'], 'A last will needs a topic: --will-topic.'],
  [[...pub, '--will-qos', '1'], 'A last will needs a topic: --will-topic.'],
  [[...pub, '-D', 'will', 'content-type', 'x'], 'A last will needs a topic: --will-topic.'],
  [[...pub, '--will-retain'], 'A last will needs a topic: --will-topic.'],
  [[...sub, '-R', '--retained-only'], '-R and --retained-only cannot be combined.'],
  [[...sub, '-R', '--remove-retained'], '-R and --remove-retained cannot be combined.'],
  [[...sub, '--pretty'], '--pretty needs --json.'],
  [[...sub, '-V', '311', '--no-local'], '--no-local needs MQTT 5: -V 5.'],
  [[...sub, '-V', '311', '--retain-handling', '2'], '--retain-handling needs MQTT 5: -V 5.'],
  [[...sub, '-V', '311', '-x', '10'], '-x needs MQTT 5: -V 5.'],
  [[...pub, '--insecure'], '--insecure needs TLS: mqtts:// or wss://, or -p 8883.'],
  [[...pub, '-L', 'mqtt://a', '--cafile', 'b'], '--cafile needs TLS: mqtts:// or wss://.'],
  [[...pub, '--header', 'A: b'], '--header needs a WebSocket: ws:// or wss://.'],
  [[...pub, '-p', '8883', '--key', 'a'], '--key needs its --cert.'],
  [[...pub, '--cert', 'a'], '--cert needs its --key.'],
  // Files
  [[...pub, '--cafile', '/nonexistent'], '/nonexistent of --cafile cannot be read: No such file or directory.'],
  [[...pub, '--capath', '/nonexistent'], '/nonexistent of --capath cannot be read: No such file or directory.'],
  [[...pub, '--cert', '/nonexistent', '--key', '/dev/null'], '/nonexistent of --cert cannot be read: No such file or directory.'],
  [[...pub, '--key', '/nonexistent', '--cert', '/dev/null'], '/nonexistent of --key cannot be read: No such file or directory.'],
]

describe('what is refused', { timeout: 180_000 }, () => {
  for (const [args, sentence] of refused)
    it(`wsmq ${args.join(' ')}`, async () => {
      const { code, out, err } = await wsmq(args)
      assert.deepEqual([code, out, err], [2, '', `wsmq: ${sentence}\n`])
      if (args.includes('--pretty')) return // with --json nothing is wrong with it
      const json = await wsmq([...args.slice(0, 1), '--json', ...args.slice(1)])
      assert.deepEqual([json.code, json.out, objectsOf(json.err)], [2, '', [{ error: sentence, exit_code: 2 }]])
    })

  it('wsmq sub --json -F %p', async () => {
    const { code, err } = await wsmq([...sub, '--json', '-F', '%p'])
    assert.equal(code, 2)
    assert.deepEqual(objectsOf(err), [{ error: '-F and --json cannot be combined.', exit_code: 2 }])
  })

  it('of the command itself', async () => {
    assert.deepEqual(await wsmq(['--nonsense']), { code: 2, signal: null, out: '', err: 'wsmq: wsmq has no option --nonsense.\n' })
    assert.equal((await wsmq(['help', 'pubs'])).err, 'wsmq: There is no command "pubs". Is it pub?\n')
  })

  it('says nothing with --quiet', async () => {
    const { code, err } = await wsmq([...sub, '-C', '0', '--quiet'])
    assert.deepEqual([code, err], [2, ''])
  })

  it('a file that is no certificate', async () => {
    const { code, err } = await wsmq([...pub, '-h', '127.0.0.1', '-p', String(world.broker.tcpPort), '--cafile', '/dev/null'])
    assert.equal(code, 2)
    assert.match(err, /^wsmq: Not connected: The transport's options cannot be used \(\/dev\/null: .*\)\.\n$/)
  })
})

describe('what is taken', { timeout: 180_000 }, () => {
  it('help, of all and of one', async () => {
    const all = await wsmq(['help'])
    assert.deepEqual([all.code, all.err], [0, ''])
    assert.equal(all.out, (await wsmq(['--help'])).out)
    assert.match(all.out, /^ {2}presence /m)
    const one = await wsmq(['help', 'pub'])
    assert.deepEqual([one.code, one.out], [0, (await wsmq(['pub', '--help'])).out])
    assert.match(one.out, /--stdin-line/)
  })

  /** What a message has that `pub` publishes. @param {...string} args */
  async function published(...args) {
    const { code, err } = await world.run('pub', '-t', 'taken', '-r', '-q', '1', ...args)
    assert.deepEqual([code, err], [0, ''])
    const { out } = await world.run('sub', '-t', 'taken', '-C', '1', '--json')
    return JSON.parse(out)
  }

  it('names of -D in whatever case', async () => {
    const { properties } = await published('-m', 'x', '-D', 'PUBLISH', 'Content-Type', 'Text', '-D', 'Publish', 'USER-PROPERTY', 'A', 'B')
    assert.deepEqual(properties, { content_type: 'Text', user_properties: [['A', 'B']] })
  })

  it('values that begin with a dash', async () => {
    const dashed = ['-D', 'publish', 'content-type', '-x', '-D', 'publish', 'user-property', '-t', '--help']
    const { payload, properties } = await published(...dashed, '-m', '-D')
    assert.deepEqual([payload, properties], ['-D', { content_type: '-x', user_properties: [['-t', '--help']] }])
  })

  it('-D behind other letters, and with its first word', async () => {
    const { properties } = await published('-m', 'x', '-rD', 'publish', 'content-type', '-a', '-Dpublish', 'user-property', 'b', 'c')
    assert.deepEqual(properties, { content_type: '-a', user_properties: [['b', 'c']] })
    assert.deepEqual((await published('-m', 'x', '--property=publish', 'content-type', '-b')).properties, { content_type: '-b' })
  })
})
