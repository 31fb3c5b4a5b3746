// Versions of the convention, side by side: docs/protocol.md, Versions.
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import mqtt from 'mqtt'
import { Webapp } from 'websocket-mq/webapp'
import { startBroker } from '../support/broker.mjs'
import { eventually } from '../support/eventually.mjs'

const uid = 'acme:new:aaaa'

/** @param {import('node:test').TestContext} t */
async function start(t) {
  const broker = await startBroker()
  t.after(() => broker.close())
  /** @param {string} user @param {string} [root] */
  const join = async (user, root) => {
    const app = await Webapp.join(broker.url, { org: 'acme', user, ...(root === undefined ? {} : { root }) })
    t.after(() => app.leave().catch(() => {}))
    return app
  }
  return { broker, join }
}

describe('versions of the convention', { timeout: 60_000 }, () => {
  it('what a newer participant adds is passed over', async (t) => {
    const { broker, join } = await start(t)
    const app = await join('old')
    app.expose({ add: ([a, b]) => a + b })
    const newer = await mqtt.connectAsync(`mqtt://127.0.0.1:${broker.tcpPort}`, { clientId: uid, protocolVersion: 5 })
    t.after(() => newer.endAsync(true))
    /** @type {Map<unknown, any>} */
    const answers = new Map()
    newer.on('message', (_, payload) => {
      const answer = JSON.parse(payload.toString())
      answers.set(answer.id, answer)
    })
    await newer.subscribeAsync(`app/webapp/peer/${uid}/+`, { qos: 1 })
    const record = { online: true, uid, since: 1, state: { mood: 'good' }, features: ['of', { tomorrow: true }] }
    await newer.publishAsync(`app/webapp/status/${uid}`, JSON.stringify(record), { qos: 1, retain: true })
    await eventually('it is seen', () => app.presence.get(uid) !== undefined)
    assert.deepEqual(app.presence.get(uid)?.state, { mood: 'good' })

    /** @param {object} message */
    const send = (message) =>
      newer.publishAsync(`app/webapp/peer/${app.uid}/${uid}`, JSON.stringify({ jsonrpc: '2.0', ...message }), { qos: 1 })
    await send({ method: '$/tomorrow', params: { what: 'ever' } })
    await send({ id: 'unknown', method: '$/tomorrow' })
    await send({ id: 'sum', method: 'add', params: [1, 2], priority: 'high', hops: [] })
    await eventually('both requests are answered', () => answers.has('sum') && answers.has('unknown'))
    assert.equal(answers.get('sum').result, 3)
    assert.equal(answers.get('unknown').error.code, -32601)
    assert.equal(answers.size, 2)
  })

  it('those under another root live beside the others, unseen', async (t) => {
    const { join } = await start(t)
    const [old, older, next] = [await join('ann'), await join('ben'), await join('cat', 'app-2/')]
    await eventually(
      'the old ones see each other',
      () => old.presence.get(older.uid) !== undefined && older.presence.get(old.uid) !== undefined,
    )
    assert.equal(old.presence.get(next.uid), undefined)
    assert.deepEqual(
      [...next.presence.keys()].filter((key) => key !== next.uid),
      [],
    )
    await assert.rejects(next.peer(old.uid).request('add', [1, 2], { timeout: 500 }))
  })
})
