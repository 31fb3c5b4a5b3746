// npm run quick builds the programs that hold a test, and no others.
import assert from 'node:assert/strict'
import { it } from 'node:test'
import { programsWith } from './test-programs.mjs'

for (const [name, target] of /** @type {const} */ ([
  ['Backoff.', 'wsmq_unit_tests'],
  ['JsonRpc', 'messaging_tests'],
  ['NativePublisher', 'native_tests'],
]))
  it(`${name} is a name of ${target}`, async () => {
    assert.deepEqual(
      (await programsWith(name)).map((program) => program.target),
      [target],
    )
  })

it('a name that no test has is in no program', async () => {
  assert.deepEqual(await programsWith('NoSuchTest'), [])
})
