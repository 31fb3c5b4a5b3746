import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { buildCommand } from '../../command/support.mjs'
import { RequestTimeoutError, Scene } from './killed-node.mjs'

/**
 * What has to hold at every cluster that loses a node. The figures, which depend on the broker and the machine, are told
 * and stand in docs/clusters.md.
 * @param {string} name
 * @param {() => Promise<import('./killed-node.mjs').Cluster & { close: () => Promise<void> }>} startCluster
 * @param {{ joinOptions?: object, keepsQos2?: boolean, isHere?: boolean }} [broker] whether sessions whose client connects again have
 *   all messages of QoS 2, too; and whether the machine has the broker
 */
export function testCluster(name, startCluster, { joinOptions = {}, keepsQos2 = true, isHere = true } = {}) {
  const skip = isHere ? false : 'not available here: npm run setup -- brokers'
  describe(`${name}, of which a node is killed under traffic`, { skip }, () => {
    /** @type {ReturnType<typeof startCluster> | undefined} */
    let starting
    /** @type {Scene} */
    let scene
    before(() => buildCommand())
    // Each wait below has a limit, and says what it waited for. These are what one of them comes to beside the others as
    // they are on a busy machine, and together less than the file has.
    before(() => (starting = startCluster()), { timeout: 310_000 })
    before(
      async () => {
        scene = new Scene(await /** @type {NonNullable<typeof starting>} */ (starting), joinOptions)
        await scene.prepare()
        await scene.kill()
      },
      { timeout: 270_000 },
    )
    after(async () => {
      try {
        await scene?.close()
      } finally {
        const cluster = await starting?.catch(() => undefined) // which has closed what it started
        await cluster?.close()
      }
    })

    it('every publication is accepted or refused', (t) => {
      for (const [what, figure] of Object.entries(scene.figures)) t.diagnostic(`${what}: ${JSON.stringify(figure)}`)
      assert.deepEqual(scene.publishers?.open, [])
      assert.ok((scene.publishers?.accepted.length ?? 0) > 200)
      assert.deepEqual(scene.publishers?.rejected, []) // they were sent again
    })

    const isPromised = (/** @type {string} */ name) => keepsQos2 || scene.publishers?.messages.get(name)?.qos === 1

    it('what was accepted arrives in the sessions of the living nodes', () => {
      assert.ok((scene.living?.length ?? 0) > 0)
      for (const subscriber of scene.living ?? []) assert.deepEqual(scene.lostAt(subscriber).filter(isPromised), [])
    })

    it('where a session of the killed node has lost what was accepted, its client was told', () => {
      const { moving } = scene
      assert.ok(moving && moving.sessionPresent.length > 0)
      const isTold = moving.sessionPresent.includes(false)
      assert.deepEqual(isTold ? [] : scene.lostAt(moving).filter(isPromised), [])
    })

    it('everybody is connected again, and sees everybody and nobody else', () => {
      assert.ok(scene.movers.length > 0)
      for (const { app } of scene.people) assert.equal(app.state, 'connected')
      assert.notEqual(scene.figures['presence right, after that'], 'never')
    })

    it('requests are answered, or fail within their time; afterwards they are answered again', async () => {
      assert.equal(scene.requests?.overdue, 0)
      for (const error of scene.requests?.failed ?? []) assert.ok(error instanceof RequestTimeoutError, String(error))
      assert.deepEqual(await scene.unanswered(), [])
    })
  })
}
