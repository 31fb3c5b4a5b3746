import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { run } from '../../scripts/lib/run.mjs'
import { startAedes } from '../support/aedes.mjs'

describe('npm run brokers', { timeout: 120_000 }, () => {
  /** @type {Awaited<ReturnType<typeof startAedes>>} */
  let broker
  before(async () => void (broker = await startAedes()))
  after(() => broker?.close())

  /** @param {...string} args */
  const brokers = (...args) => run(process.execPath, ['scripts/brokers.mjs', ...args])
  /** Of a broker by its URL. @param {...string} args */
  const measure = (...args) =>
    brokers('--url', broker.url, '--username', broker.credentials.username, '--password', broker.credentials.password, ...args)
  /** What is told meanwhile goes to standard error. @param {string} output */
  const result = (output) => JSON.parse(output.slice(output.indexOf('{\n')))

  it('measures a broker by its URL, and prints JSON', async () => {
    const { code, output } = await measure('--json', '--only', 'to its exact', '--name', 'Aedes')
    assert.equal(code, 0, output)
    const [column] = result(output).brokers
    assert.equal(column.name, 'Aedes')
    assert.deepEqual(column.results['retained, to its exact filter'], { '3.1.1': 'yes', 5: 'not tried (no MQTT 5)' })
  })

  it('takes a URL for each node', async () => {
    const { output } = await measure('--url', broker.url, '--json', '--only', 'node')
    const [{ results }] = result(output).brokers
    const found = Object.entries(results).map(([row, values]) => [row, values['3.1.1'] ?? values.all])
    assert.deepEqual(Object.fromEntries(found), {
      'versions of MQTT': '3.1, 3.1.1',
      'retained on one node, exact filter at another': 'yes',
      'retained on one node, filter with + at another': 'yes',
      'shared subscriptions across nodes': found.find(([row]) => row === 'shared subscriptions across nodes')?.[1],
      'a message to another node': 'yes',
    })
    assert.match(results['shared subscriptions across nodes']['3.1.1'], /^(yes|no) \(/)
  })

  it('asks a command for accounts, by role and name', async () => {
    const account = JSON.stringify({ ...broker.credentials })
    const { output } = await measure('--json', '--only', 'access', '--accounts', `printf '%s' '${account}' #`)
    // Without rules everybody may do everything.
    assert.match(
      result(output).brokers[0].results['access rules, from inside']['3.1.1'],
      /^no \(\d+ of \d+ wrong: acme:ann:aaaa can subscribe #/,
    )
    const failing = await measure('--json', '--only', 'access', '--accounts', 'false')
    assert.match(
      result(failing.output).brokers[0].results['access rules, from inside']['3.1.1'],
      /^not tried \(the command for accounts failed/,
    )
  })

  it('says what is wrong with its options', async () => {
    for (const [args, expected] of /** @type {const} */ ([
      [['--nonsense'], /--nonsense/],
      [['Nobody'], /There is no broker "Nobody". There are: Mosquitto, /],
      [['--username', 'x'], /--url/],
      [['--url', 'ws://x', 'NATS'], /Either/],
      [['--url', 'ws://127.0.0.1:9/'], /No connection to ws:\/\/127\.0\.0\.1:9/],
    ])) {
      const { code, output } = await brokers(...args)
      assert.equal(code, 1)
      assert.match(output, expected)
      assert.doesNotMatch(output, /^ +at /m)
    }
  })
})
