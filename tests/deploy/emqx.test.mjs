// What can be tried of EMQX's shipped configuration without EMQX.
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { describe, it } from 'node:test'

const deploy = new URL('../../deploy/', import.meta.url)

describe("EMQX's key of tokens", () => {
  it('is in no file that we ship', async () => {
    const text = await readFile(new URL('emqx/emqx.conf', deploy), 'utf8')
    assert.doesNotMatch(text, /^\s*secret\s*[=:]/m)
  })

  it('has 32 characters or more, or the container does not start EMQX', async () => {
    const compose = await readFile(new URL('compose.yaml', deploy), 'utf8')
    const entrypoint = /entrypoint:\s+- sh\s+- -c\s+- >-\n((?: {8}.*\n)+)/.exec(compose)?.[1]
    assert.match(entrypoint ?? '', /exec .*emqx foreground\s*$/)
    const script = (entrypoint ?? '')
      .replaceAll('$$', '$')
      .replace(/exec .*/, 'echo started')
      .replaceAll('\n', ' ')
    /** @param {string} secret */
    const start = (secret) => spawnSync('sh', ['-c', script], { encoding: 'utf8', env: { EMQX_AUTHENTICATION__1__SECRET: secret } })
    for (const secret of ['', 'x'.repeat(31)]) {
      const { status, stdout, stderr } = start(secret)
      assert.deepEqual([status, stdout], [1, ''])
      assert.match(stderr, /ACCESS_SECRET/)
    }
    assert.equal(start('x'.repeat(32)).stdout, 'started\n')
  })
})
