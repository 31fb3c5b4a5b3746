import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { it } from 'node:test'
import { fileURLToPath } from 'node:url'

it('the types infer, allow and refuse what they should', async () => {
  const compiler = fileURLToPath(import.meta.resolve('typescript/bin/tsc'))
  const project = fileURLToPath(new URL('./types', import.meta.url))
  const output = await new Promise((resolve) =>
    execFile(process.execPath, [compiler, '--project', project], (_, printed, complaint) => resolve(printed + complaint)),
  )
  assert.equal(output, '')
})
