// wsmq bench --webapps: webapps and services of a load, all of them on the real engine, and a real broker.
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { eventually, useWorld } from './party.mjs'
import { startInShell, wsmq } from './support.mjs'

/** @type {import('./party.mjs').World} */
let world
useWorld((opened) => (world = opened))

/** @param {...string} args */
const load = (...args) => world.run('bench', '--webapps', '20', '--services', '2', '--json', ...args)

/** Four numbers, none smaller than the one before. @param {Record<string, number>} percentiles */
function assertPercentiles(percentiles) {
  assert.deepEqual(Object.keys(percentiles), ['p50', 'p95', 'p99', 'maximum'])
  const values = Object.values(percentiles)
  assert.ok(
    values.every((value, i) => value > 0 && value >= (values[i - 1] ?? 0)),
    `${values}`,
  )
}

describe('wsmq bench --webapps', { timeout: 180_000 }, () => {
  it('joins all, and all of them ask and are heard in their rooms', async () => {
    const { code, out, err } = await load('--rooms', '3', '--requests', '4', '--broker-pid', String(world.broker.pid))
    assert.equal(code, 0, err)
    const result = JSON.parse(out)
    const { join, memory, requests, room_messages: rooms } = result
    assert.deepEqual([result.webapps, result.services, result.tenants, result.rooms, result.watch], [20, 2, 1, 3, 'all'])
    assert.deepEqual([join.joined, join.knowing, join.losses], [20, 20, 0])
    assert.deepEqual([requests.answered, requests.failed], [80, 0])
    // Ten messages to each of three rooms, of 20 members altogether, of whom one in each room sends.
    assert.deepEqual([rooms.messages, rooms.delivered, rooms.missing], [30, 170, 0])
    for (const each of [join.milliseconds, join.knowing_milliseconds, requests.milliseconds, rooms.milliseconds, rooms.to_all_milliseconds])
      assertPercentiles(each)
    for (const phase of [join, requests, rooms]) assert.ok(phase.seconds > 0 && phase.cpu_seconds >= 0 && phase.broker_cpu_seconds >= 0)
    // Nineteen records of 60 bytes and more.
    assert.ok(join.received_bytes_each > 19 * 60 && join.sent_bytes_each > 100, `${JSON.stringify(join)}`)
    assert.ok(memory.bytes_each > 1_000 && memory.broker_bytes_each >= 0, JSON.stringify(memory))
    assert.equal(result.restart, undefined)
  })

  it('nobody watches: a join does not pay for the others', async () => {
    const { code, out, err } = await load('--watch', 'none', '--requests', '0')
    assert.equal(code, 0, err)
    const { join, requests } = JSON.parse(out)
    assert.deepEqual([join.joined, join.knowing, join.knowing_milliseconds], [20, 0, null])
    assert.ok(join.received_bytes_each < 19 * 60)
    assert.equal(requests, undefined)
  })

  it('tenants have roots of their own, and see nobody else', async () => {
    const heard = await world.listen('there/+/webapp/status/+')
    const { code, out, err } = await load('--tenants', '4', '--root', 'there/', '--requests', '1')
    assert.equal(code, 0, err)
    const { join, requests } = JSON.parse(out)
    assert.deepEqual([join.joined, join.knowing, requests.answered], [20, 20, 20])
    const online = heard.all.filter(({ text }) => text.includes('"online":true'))
    const roots = [...new Set(online.map(({ topic }) => topic))].map((topic) => topic.split('/')[1])
    assert.deepEqual(
      roots.sort(),
      ['0', '1', '2', '3'].flatMap((root) => Array(5).fill(root)),
    )
    // They have left in order.
    await heard.until((all) => all.filter(({ text }) => text.includes('"online":false')).length === 20)
  })

  // A crash: a Mosquitto that is asked to end publishes everybody's last will first.
  it('the broker is restarted: until all have joined again, and nobody was taken for gone', async () => {
    const running = world.start(
      'bench',
      '--webapps',
      '20',
      '--requests',
      '1',
      '--json',
      '--restart-command',
      `kill -KILL ${world.broker.pid}`,
    )
    await eventually(() => !world.broker.running)
    await world.broker.start()
    const { code, out, err } = await running.ended
    assert.equal(code, 0, err)
    const { restart } = JSON.parse(out)
    assert.deepEqual([restart.returned, restart.departures], [20, 0])
    assert.ok(restart.losses >= 20, `${restart.losses}`)
    assertPercentiles(restart.milliseconds)
  })

  it('is a table for people', async () => {
    const { code, out, err } = await world.run('bench', '--webapps', '5', '--rooms', '1', '--requests', '1')
    assert.equal(code, 0, err)
    for (const line of [
      /^joined +5 of 5 webapps in /m,
      /^to know all p50 /m,
      /^requests +5 answered in /m,
      /^in rooms +10 messages, 40 deliveries in /m,
    ])
      assert.match(out, line)
  })

  it('says what is missing when nobody answers', async () => {
    world.broker.pause()
    try {
      const { code, err } = await load('-W', '0.5', '--connect-timeout', '0.2')
      assert.equal(code, 3, err)
      assert.match(err, /"error":"Not connected: /)
    } finally {
      world.broker.resume()
    }
  })

  it('a command that does not restart anything', async () => {
    const { code, out, err } = await load('--restart-command', 'exit 3', '--requests', '0')
    assert.equal(code, 1)
    assert.match(err, /--restart-command failed/)
    assert.equal(JSON.parse(out).join.joined, 20)
  })

  it('raises the limit of open files as far as it may', async () => {
    const run = startInShell('ulimit -Sn 40; "$0" "$@"', ['bench', ...world.address, '--webapps', '50', '--requests', '0', '--json'])
    const { code, out, err } = await run.ended
    assert.equal(code, 0, err)
    assert.equal(JSON.parse(out).join.joined, 50)
  })

  it('needs open files, and says how many', async () => {
    const { code, err } = await startInShell('ulimit -n 100; "$0" "$@"', ['bench', ...world.address, '--webapps', '200']).ended
    assert.equal(code, 2)
    assert.match(err, /need 265 open files, and 100 are allowed: raise the hard limit/)
  })

  for (const [args, sentence] of /** @type {const} */ ([
    [['--publishers', '2'], '--publishers cannot be combined with --webapps.'],
    [['-i', 'me'], '--id cannot be combined with --webapps.'],
    [['--broker-pid', '4194303'], 'There is no process 4194303 of --broker-pid.'],
    [['--tenants', '30'], '--tenants is at most --webapps.'],
    [['--root', 'no'], 'A topic root is empty, or ends in / and is fit for a topic.'],
    [['--watch', 'some'], '--watch takes all or none, not "some".'],
  ])) {
    it(`refuses ${args.join(' ')}`, async () => {
      const { code, err } = await world.run('bench', '--webapps', '20', ...args)
      assert.deepEqual([code, err], [2, `wsmq: ${sentence}\n`])
    })
  }

  it('its options need --webapps', async () => {
    const { code, err } = await wsmq(['bench', '--rooms', '2'])
    assert.deepEqual([code, err], [2, 'wsmq: --rooms needs --webapps.\n'])
  })
})
