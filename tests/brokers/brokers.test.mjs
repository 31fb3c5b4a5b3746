// What each broker that is here does, beside what it is known to do.
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { agrees, expectedOf, wantedOf } from './expected.mjs'
import { brokers } from './known.mjs'
import { probes } from './suite/probes/index.mjs'
import { runSuite } from './suite/run.mjs'

const atOnce = 3 // they wait more than they work

describe('what brokers do', { concurrency: atOnce, timeout: 400_000 }, () => {
  for (const { name, isHere, start } of brokers)
    it(name, async (t) => {
      if (!isHere()) return t.skip('not available here: npm run setup -- brokers')
      const { target, close } = await start()
      /** @type {import('./suite/run.mjs').Results} */
      let results
      try {
        results = await runSuite(target)
      } finally {
        await close()
      }
      const expected = expectedOf(name)
      assert.deepEqual(Object.keys(results).sort(), Object.keys(expected).sort(), 'the rows')
      const spoken = String(results['versions of MQTT']?.['all']).split(', ')
      for (const [row, values] of Object.entries(results))
        for (const [version, found] of Object.entries(values)) {
          if (version !== 'all' && !spoken.includes(version)) continue
          await t.test(`${name}, MQTT ${version}: ${row}`, () => {
            assert.ok(agrees(found, expected[row], version), `found "${found}", and expected ${wantedOf(expected[row], version)}`)
          })
        }
    })

  it('every row has a name of its own', () => {
    assert.equal(new Set(probes.map(({ row }) => row)).size, probes.length)
  })
})
