// drained() of a webapp's connection waits for messages of the messaging layer, too, and hears when they are acknowledged.
import assert from 'node:assert/strict'
import { after, before, it } from 'node:test'
import { startBroker } from '../support/broker.mjs'

/** @type {import('../support/broker.mjs').Broker} */
let broker
before(async () => {
  broker = await startBroker()
})
after(() => broker.close())

it('drained() resolves where the last message is one to a peer', { timeout: 30_000 }, async () => {
  const { Webapp } = await import(new URL('../../dist/webapp.js', import.meta.url).href)
  const app = await Webapp.join(broker.url, { org: 'acme', user: 'ann' })
  try {
    await app.mq.drained()
    app.peer(app.uid).send({ n: 1 })
    assert.equal(app.mq.backlog.messages, 1)
    await app.mq.drained(0, { signal: AbortSignal.timeout(10_000) })
    assert.equal(app.mq.backlog.messages, 0)
  } finally {
    await app.leave()
  }
})
