// Every scenario with both libraries: no difference but the intended ones, and all of those.
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { compare, listedNames } from './support/differential.mjs'
import { oursIsBuilt } from './support/libraries.mjs'
import { scenarios } from './scenarios/index.mjs'

const skip = oursIsBuilt ? false : 'dist/ is not built: npm run build'

for (const theme of new Set(scenarios.map((scenario) => scenario.theme)))
  for (const strict of [false, true])
    describe(`${theme}, ${strict ? 'strict' : 'by default'}`, { skip }, () => {
      for (const scenario of scenarios.filter((one) => one.theme === theme))
        it(scenario.name, async () => {
          const { found, intended } = await compare(scenario, strict)
          assert.deepEqual(found, intended)
        })
    })

describe('the intended differences', () => {
  it('are those of scenarios', () => {
    const names = new Set(scenarios.map(({ name }) => name))
    assert.deepEqual(
      listedNames().filter((name) => !names.has(name)),
      [],
    )
  })
})
