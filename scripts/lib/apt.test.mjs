import assert from 'node:assert/strict'
import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { runApt, switchOff } from './apt.mjs'

/**
 * An apt-get that finds the lock held so many times, as the real one says it.
 * @param {import('node:test').TestContext} test
 * @param {number} times
 */
async function lockedApt(test, times) {
  const directory = await mkdtemp(join(tmpdir(), 'apt-'))
  const path = process.env['PATH']
  test.after(() => {
    process.env['PATH'] = path
    return rm(directory, { recursive: true })
  })
  const calls = join(directory, 'calls')
  const held = 'E: Could not get lock /var/lib/apt/lists/lock. It is held by process 1 (apt-get)'
  await writeFile(
    join(directory, 'apt-get'),
    `#!/bin/sh\necho "$*" >>${calls}\n[ $(wc -l <${calls}) -gt ${times} ] && exit 0\necho '${held}'\nexit 100\n`,
  )
  await chmod(join(directory, 'apt-get'), 0o755)
  process.env['PATH'] = `${directory}:${path}`
  return async () => (await readFile(calls, 'utf8')).trim().split('\n')
}

test('a lock that another package manager holds is waited for', async (t) => {
  const calls = await lockedApt(t, 3)
  const { code } = await runApt([], ['update'], { pause: 1 })
  assert.equal(code, 0)
  assert.equal((await calls()).length, 4)
})

test('not for ever', async (t) => {
  const calls = await lockedApt(t, 1000)
  const { code, output } = await runApt([], ['update'], { patience: 0, pause: 1 })
  assert.equal(code, 100)
  assert.match(output, /Could not get lock/)
  assert.equal((await calls()).length, 1)
})

/** What switchOff() runs. @param {string[]} services @param {string} [systemd] */
async function commands(services, systemd = '/') {
  /** @type {string[]} */
  const all = []
  await switchOff(['sudo'], services, async (program, args) => all.push([program, ...args].join(' ')), systemd)
  return all
}

test('what packages have started is switched off', async () => {
  assert.deepEqual(await commands(['haproxy', 'caddy']), ['sudo systemctl disable --now haproxy caddy'])
})

test('nothing is switched off without systemd, or without services', async () => {
  assert.deepEqual(await commands(['haproxy'], '/nowhere'), [])
  assert.deepEqual(await commands([]), [])
})
