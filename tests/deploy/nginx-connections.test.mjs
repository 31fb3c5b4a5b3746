// What becomes of pages when nginx has no connection left, and who says so.
import assert from 'node:assert/strict'
import { it } from 'node:test'
import { connect } from 'websocket-mq'
import { startBroker } from '../support/broker.mjs'
import { startDeployedSite } from '../support/deployed-site.mjs'
import { eventually } from '../support/eventually.mjs'
import { trust } from '../support/trusting-websocket.mjs'

it(
  'nginx without a connection left refuses newcomers, keeps those who are there, and says so in its log',
  { timeout: 60_000 },
  async (t) => {
    const broker = await startBroker()
    t.after(() => broker.close())
    const small = { 'nginx.conf': /** @type {[string, string][]} */ ([['worker_connections 20000', 'worker_connections 40'], ['worker_processes auto', 'worker_processes 1']]) } // prettier-ignore
    const site = await startDeployedSite({ brokerPort: broker.webSocketPort, changes: small })
    t.after(() => site.close())
    await trust(site.authority)
    /** @type {import('websocket-mq').Connection[]} */
    const inside = []
    t.after(() => Promise.all(inside.map((mq) => mq.disconnect().catch(() => {}))))
    const enter = async () => inside.push(await connect(site.webSocketUrl, { reconnect: false }))
    // Two connections for each page, and some of nginx's own.
    await assert.rejects(
      async () => {
        while (inside.length < 20) await enter()
      },
      { code: 'transport_failed' },
    )
    assert.ok(inside.length >= 15, `${inside.length}`)
    assert.match(await site.log(), /40 worker_connections are not enough/)
    for (const mq of inside) await mq.publish('t', 'still', { qos: 1 })
    await inside.pop()?.disconnect()
    const count = inside.length
    await eventually('there is room again', () => enter().then(() => inside.length > count, () => false)) // prettier-ignore
  },
)
