import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { describe, it } from 'node:test'
import { fileURLToPath } from 'node:url'

/** What the compiler has to say. @param {string} project below tests/js */
function complaints(project) {
  const compiler = fileURLToPath(import.meta.resolve('typescript/bin/tsc'))
  const path = fileURLToPath(new URL(project, import.meta.url))
  return new Promise((resolve) =>
    execFile(process.execPath, [compiler, '--project', path], (_, printed, complaint) => resolve(printed + complaint)),
  )
}

it('the types infer, allow and refuse what they should', async () => {
  assert.equal(await complaints('types'), '')
})

describe('code that was written for the community types of Paho compiles', () => {
  for (const [what, project] of [
    ['with those', 'types/community'],
    ['with ours, as a module that imports', 'types/community/tsconfig.imported.json'],
    ['with ours, as a module around the plain script', 'types/community/tsconfig.script.json'],
  ])
    it(/** @type {string} */ (what), async () => {
      assert.equal(await complaints(/** @type {string} */ (project)), '')
    })
})
