// What can be tried of EMQX's shipped configuration without EMQX.
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { describe, it } from 'node:test'

const deploy = new URL('../../deploy/', import.meta.url)

describe("EMQX's key of tokens and its cookie", () => {
  it('are in no file that we ship', async () => {
    const text = await readFile(new URL('emqx/emqx.conf', deploy), 'utf8')
    assert.doesNotMatch(text, /^\s*(?:secret|cookie)\s*[=:]/m)
  })

  it('have 32 and 16 characters or more, or the container does not start EMQX', async () => {
    const compose = await readFile(new URL('compose.yaml', deploy), 'utf8')
    const entrypoint = /entrypoint:\s+- sh\s+- -c\s+- >-\n((?: {8}.*\n)+)/.exec(compose)?.[1]
    assert.match(entrypoint ?? '', /exec .*emqx foreground\s*$/)
    const script = (entrypoint ?? '')
      .replaceAll('$$', '$')
      .replace(/exec .*/, 'echo started')
      .replaceAll('\n', ' ')
    /** @param {number} secret @param {number} cookie of how many characters */
    const start = (secret, cookie) =>
      spawnSync('sh', ['-c', script], {
        encoding: 'utf8',
        env: { EMQX_AUTHENTICATION__1__SECRET: 'x'.repeat(secret), EMQX_NODE__COOKIE: 'x'.repeat(cookie) },
      })
    for (const [secret, cookie, name] of /** @type {const} */ ([
      [0, 16, 'ACCESS_SECRET'],
      [31, 16, 'ACCESS_SECRET'],
      [32, 0, 'EMQX_COOKIE'],
      [32, 15, 'EMQX_COOKIE'],
    ])) {
      const { status, stdout, stderr } = start(secret, cookie)
      assert.deepEqual([status, stdout], [1, ''])
      assert(stderr.startsWith(name), stderr)
    }
    assert.equal(start(32, 16).stdout, 'started\n')
  })
})
