// wsmq presence and wsmq services: they look, and do not show up.
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { linesOf, objectsOf, useWorld } from './party.mjs'

/** @type {import('./party.mjs').World} */
let world
useWorld((opened) => (world = opened))

const status = (/** @type {string} */ uid) => `app/webapp/status/${uid}`
const offline = (/** @type {string} */ uid) => JSON.stringify({ online: false, uid })
/** A presence record of so many bytes. @param {number} size */
const recordOf = (size) => JSON.stringify({ online: true, state: 'x'.repeat(size - JSON.stringify({ online: true, state: '' }).length) })

/**
 * A page: its record, and its last will.
 * @param {string} uid
 * @param {object} state
 * @param {import('mqtt').IClientPublishOptions['properties']} [properties]
 */
async function page(uid, state, properties) {
  const client = await world.client({
    clientId: uid,
    will: { topic: status(uid), payload: Buffer.from(offline(uid)), qos: 1, retain: true },
  })
  const tell = (/** @type {object} */ what) =>
    client.publishAsync(status(uid), JSON.stringify({ online: true, uid, since: 17, state: what }), {
      qos: 1,
      retain: true,
      ...(properties ? { properties } : {}),
    })
  await tell(state)
  return { client, tell }
}

for (const version of ['5', '311']) {
  describe(`wsmq presence over MQTT ${version}`, { timeout: 180_000 }, () => {
    it('prints who comes, changes and goes', async () => {
      const ann = await page('acme:ann:aaaa', { page: 'orders' })
      const one = world.start('presence', '-V', version)
      await one.until(() => one.out.includes('\n'))
      await ann.tell({ page: 'stock' })
      const bob = await page('acme:bob:bbbb', {})
      await one.until(() => linesOf(one.out).length === 3)
      ann.client.stream.destroy() // and the broker sends its will
      await one.until(() => linesOf(one.out).length === 4)
      await bob.client.publishAsync(status('acme:bob:bbbb'), '', { qos: 1, retain: true })
      await one.until(() => linesOf(one.out).length === 5)
      one.child.kill('SIGINT')
      const { code, out, err } = await one.ended
      assert.deepEqual([code, err], [0, ''])
      assert.deepEqual(linesOf(out), [
        'appeared acme:ann:aaaa {"page":"orders"}',
        'changed acme:ann:aaaa {"page":"stock"}',
        'appeared acme:bob:bbbb {}',
        'gone acme:ann:aaaa {"page":"stock"}',
        'gone acme:bob:bbbb {}',
      ])
    })

    it('prints who is there, in order, and exits', async () => {
      await page('acme:bob:bbbb', { a: 1 })
      await page('acme:ann:aaaa', {})
      await page('other:ann:cccc', {})
      const gone = await world.client()
      await gone.publishAsync(status('acme:eve:dddd'), offline('acme:eve:dddd'), { qos: 1, retain: true })
      const once = (/** @type {string[]} */ ...args) => world.run('presence', '--once', '-V', version, ...args)
      assert.equal((await once()).out, 'acme:ann:aaaa {}\nacme:bob:bbbb {"a":1}\nother:ann:cccc {}\n')
      assert.equal((await once('--org', 'acme')).out, 'acme:ann:aaaa {}\nacme:bob:bbbb {"a":1}\n')
      assert.equal((await once('--org', 'acme', '--user', 'bob')).out, 'acme:bob:bbbb {"a":1}\n')
      assert.deepEqual(objectsOf((await once('--user', 'bob', '--json')).out), [
        { uid: 'acme:bob:bbbb', org: 'acme', user: 'bob', since: 17, state: { a: 1 } },
      ])
      assert.equal((await once('--root', 'tenant/')).out, '')
    })
  })
}

describe('wsmq presence', { timeout: 180_000 }, () => {
  it('prints objects', async () => {
    const one = world.start('presence', '--json')
    await page('acme:ann:aaaa', { a: 'ü' })
    await one.until(() => one.out.includes('\n'))
    const [{ time, ...change }] = objectsOf(one.out)
    assert.ok(Math.abs(Date.now() - time) < 60_000)
    assert.deepEqual(change, { change: 'appeared', uid: 'acme:ann:aaaa', org: 'acme', user: 'ann', since: 17, state: { a: 'ü' } })
  })

  it('prints the tabs of a webapp that tells of each', async () => {
    const client = await world.client()
    const tell = (/** @type {unknown} */ tabs) =>
      client.publishAsync(status('acme:ann:aaaa'), JSON.stringify({ online: true, since: 17, state: 2, tabs }), { qos: 1, retain: true })
    const tabs = [
      { id: 'k3x9', since: 17, state: 1 },
      { id: 'p0q1', since: 18, state: 2 },
    ]
    await tell(tabs)
    const one = world.start('presence')
    await one.until(() => one.out.includes('appeared'))
    await tell(tabs.slice(1))
    await one.until(() => one.out.includes('changed'))
    const [object] = objectsOf((await world.run('presence', '--once', '--json')).out)
    assert.deepEqual(object, { uid: 'acme:ann:aaaa', org: 'acme', user: 'ann', since: 17, state: 2, tabs: tabs.slice(1) })
    await tell({ not: 'an array' })
    await one.until(() => linesOf(one.out).length === 3)
    assert.deepEqual(linesOf(one.out), [
      `appeared acme:ann:aaaa 2 tabs ${JSON.stringify(tabs)}`,
      `changed acme:ann:aaaa 2 tabs ${JSON.stringify(tabs.slice(1))}`,
      'changed acme:ann:aaaa 2',
    ])
  })

  it('does not show up itself', async () => {
    const heard = await world.listen('app/#')
    const one = world.start('presence', '-d')
    await one.until(() => one.err.includes('Subscribed to the records'))
    one.child.kill('SIGTERM')
    await one.ended
    await heard.client.publishAsync('app/mark', '', { qos: 1 })
    await heard.until(({ length }) => length > 0)
    assert.deepEqual(
      heard.all.map(({ topic }) => topic),
      ['app/mark'],
    )
  })

  it('counts a record that was not renewed as gone', async () => {
    const one = world.start('presence')
    await page('acme:ann:aaaa', {}, { messageExpiryInterval: 1 })
    await one.until(() => linesOf(one.out).length === 2)
    assert.deepEqual(linesOf(one.out), ['appeared acme:ann:aaaa {}', 'gone acme:ann:aaaa {}'])
  })

  it('counts who does not show up again after the broker was lost as gone', async () => {
    await page('acme:ann:aaaa', {})
    const one = world.start('presence', '-d')
    await one.until(() => one.out.includes('appeared'))
    await world.broker.restart('SIGKILL')
    await one.until(() => one.out.includes('gone'))
    assert.deepEqual(linesOf(one.out), ['appeared acme:ann:aaaa {}', 'gone acme:ann:aaaa {}'])
    assert.match(one.err, /Connected again/)
  })

  it('bears records that mean harm', async () => {
    const client = await world.client()
    const records = {
      'acme:a:0000': '{"online":true,"state":"\u009b31m\u007f\\u001b[0m"}',
      'acme:a:0001': `{"online":true,"state":${'['.repeat(100_000)}${']'.repeat(100_000)}}`,
      'acme:a:0002': '{"online":"yes"}',
      'acme:a:0003': '{"online":true',
      'acme:a:0004': '[{"online":true}]',
      'acme:a:0005': '{"online":true,"uid":"acme:other:9999","since":"x"}',
      'acme:a:0006': recordOf(4096),
      'acme:a:0007': recordOf(4097),
      'not-a-uid': '{"online":true}',
    }
    for (const [uid, record] of Object.entries(records)) await client.publishAsync(status(uid), record, { qos: 1, retain: true })
    const { out, code } = await world.run('presence', '--once')
    const long = `acme:a:0006 ${JSON.stringify(JSON.parse(recordOf(4096)).state)}`
    assert.deepEqual([code, linesOf(out)], [0, ['acme:a:0000 "\\u009b31m\\u007f\\u001b[0m"', 'acme:a:0005 null', long]])
    const [, five] = objectsOf((await world.run('presence', '--once', '--json')).out)
    assert.deepEqual(five, { uid: 'acme:a:0005', org: 'acme', user: 'a', since: null, state: null })
  })

  it('asks everybody to announce themselves', async () => {
    const heard = await world.listen('app/webapp/room/_roll/+')
    const answers = await world.client()
    answers.on('message', () => answers.publish(status('acme:ann:aaaa'), '{"online":true,"state":1}', { qos: 1 }))
    await answers.subscribeAsync('app/webapp/room/_roll/+', { qos: 1 })
    assert.equal((await world.run('presence', '--once', '--roll-call')).out, 'acme:ann:aaaa 1\n')
    assert.match(heard.all[0]?.topic ?? '', /_roll\/wsmq:roll-call:[a-z0-9]{4}$/)
  })

  it('-W ends it: code 27', async () => {
    assert.equal((await world.run('presence', '-W', '0.3')).code, 27)
    assert.equal((await world.run('presence', '--once', '--settle', '50', '-W', '0.3')).code, 27)
  })

  it('tells of arguments that are not sound', async () => {
    for (const args of [
      ['--org', 'a/b'],
      ['--user', 'a:b'],
      ['--root', 'x'],
      ['--settle', '-1'],
    ]) {
      const { code, err } = await world.run('presence', ...args)
      assert.equal(code, 2, err)
    }
  })
})

describe('wsmq services', { timeout: 180_000 }, () => {
  const record = (/** @type {string} */ service, /** @type {string} */ instance) => `app/webapp/svc/${service}/${instance}`

  it('prints the instances, online and not', async () => {
    await world.serve('orders', '--echo', '--instance', 'a', '--method', 'create', '--method', 'cancel', '--service-version', '1.2')
    const gone = await world.serve('orders', '--echo', '--instance', 'b', '-V', '311')
    gone.child.kill('SIGTERM')
    await gone.ended
    await world.serve('stock', '--echo', '--instance', 'c')
    const all = await world.run('services')
    assert.equal(all.code, 0)
    assert.deepEqual(linesOf(all.out), [
      'SERVICE  INSTANCE  STATUS   VERSION  REQUESTS  ERRORS  METHODS',
      'orders   a         online   1.2      0         0       cancel,create',
      'orders   b         offline  -        -         -       -',
      'stock    c         online   0        0         0       -',
    ])
    const online = objectsOf((await world.run('services', 'orders', '--online', '--json', '-V', '311')).out)
    assert.deepEqual(
      online.map(({ service, instance, online: there, methods, stats }) => [service, instance, there, methods, stats.requests]),
      [['orders', 'a', true, ['cancel', 'create'], 0]],
    )
  })

  it('tells by its exit code whether anybody answers', async () => {
    const one = await world.serve('orders', '--echo')
    assert.equal((await world.run('services', 'orders')).code, 0)
    assert.equal((await world.run('services', 'stock')).code, 6)
    one.child.kill('SIGTERM')
    await one.ended
    assert.equal((await world.run('services', 'orders')).code, 6)
    assert.equal((await world.run('services')).code, 0)
  })

  it('goes on with --watch', async () => {
    const one = world.start('services', '--watch', '-d')
    await one.until(() => one.err.includes('Subscribed to the records'))
    const orders = await world.serve('orders', '--echo', '--instance', 'a', '--method', 'm')
    await one.until(() => linesOf(one.out).length === 1)
    orders.child.kill('SIGKILL')
    await one.until(() => linesOf(one.out).length === 2)
    const broom = await world.client()
    await broom.publishAsync(record('orders', 'a'), '', { qos: 1, retain: true })
    await one.until(() => linesOf(one.out).length === 3)
    assert.deepEqual(linesOf(one.out), [
      'appeared orders a online 0 0 0 m',
      'offline orders a offline - - - -',
      'gone orders a offline - - - -',
    ])
  })

  it('believes the topic, and bears records that mean harm', async () => {
    const client = await world.client()
    const records = {
      [record('s', 'a')]: '{"online":true,"service":"other","instance":"x","version":"1\u001b[31m","methods":["\u009bm","m"],"stats":[]}',
      [record('s', 'b')]: 'no JSON',
      [record('s', 'c')]: '{"online":true,"version":1,"methods":["m",1],"raw":"x","since":null,"stats":{"requests":"1"},"more":[null]}',
      [record('s', 'd')]: `{"online":true,"version":"${'x'.repeat(5000)}"}`,
      [record('s', '_all')]: '{"online":true}',
      [record('a b', 'a')]: '{"online":true}',
    }
    for (const [topic, text] of Object.entries(records)) {
      await client.publishAsync(topic, text.replace('\u001b', '\\u001b'), { qos: 1, retain: true })
    }
    const { out } = await world.run('services')
    assert.deepEqual(linesOf(out).slice(1), [
      's        a         online   1\\x1b[31m  -         -       \\u009bm,m',
      's        b         offline  -          -         -       -',
      's        c         online   -          -         -       -',
    ])
    const [, , third] = objectsOf((await world.run('services', '--json')).out)
    assert.deepEqual(third, { service: 's', instance: 'c', online: true, more: [null] })
    assert.equal((await world.run('services', 'a/b')).code, 2)
  })
})
