// wsmq serve: several instances, conformance, and errors of the command line.
import assert from 'node:assert/strict'
import { rm, writeFile } from 'node:fs/promises'
import { describe, it } from 'node:test'
import { fileURLToPath } from 'node:url'
import { runSuite } from '../conformance/suite.mjs'
import { useWorld } from './party.mjs'
import { program } from './support.mjs'

/** @type {import('./party.mjs').World} */
let world
useWorld((opened) => (world = opened))

describe('a service of several', { timeout: 180_000 }, () => {
  for (const option of [[], ['--no-share']]) {
    it(`each request is answered once ${option}`, async () => {
      const script = 'echo "\\"$INSTANCE\\""'
      for (const name of ['a', 'b']) {
        await world.serve('svc', '--instance', name, ...option, '--', 'env', `INSTANCE=${name}`, 'sh', '-c', script)
      }
      const requests = Array.from({ length: 60 }, (_, i) => ({ id: `r.${i}`, method: 'm' }))
      const heard = await world.listen('app/webapp/res/+')
      const answers = [...(await world.ask(requests)).values()].map(({ result }) => result)
      assert.equal(answers.length, 60)
      assert.deepEqual([...new Set(answers)].sort(), ['a', 'b'])
      await heard.client.publishAsync('app/webapp/res/mark', '', { qos: 1 })
      await heard.until((all) => all.some(({ topic }) => topic.endsWith('mark')))
      assert.equal(heard.all.length, 61)
    })
  }

  it('its record says what it is', async () => {
    await world.serve('svc', '--echo', '--instance', 'one', '--service-version', '1.2', '--method', 'a', '--method', 'b', '--raw')
    const records = await world.listen('app/webapp/svc/svc/+')
    await records.until(({ length }) => length > 0)
    const { online, service, instance, version, methods, raw } = JSON.parse(records.all[0]?.text ?? '')
    assert.deepEqual([online, service, instance, version, methods, raw], [true, 'svc', 'one', '1.2', ['a', 'b'], true])
  })

  it('one that is a janitor clears the record of who has gone', async () => {
    await world.serve('svc', '--echo', '--janitor', '1')
    const topic = 'app/webapp/status/acme:bob:bbbb'
    const heard = await world.listen(topic)
    await heard.client.publishAsync(topic, '{"online":false,"uid":"acme:bob:bbbb"}', { qos: 1, retain: true })
    await heard.until((all) => all.some(({ text }) => text === ''))
  })

  it('its will tells that it was killed', async () => {
    const one = await world.serve('svc', '--echo', '--instance', 'a')
    const records = await world.listen('app/webapp/svc/svc/a')
    one.child.kill('SIGKILL')
    await records.until((all) => all.some(({ text }) => text.includes('"online":false')))
  })

  it('takes up a lost connection', async () => {
    const one = await world.serve('svc', '--echo')
    await world.broker.restart('SIGKILL')
    await one.until(() => one.err.includes('Joined again as'))
    assert.equal((await world.request('svc', 'echo', '[1]')).out, '[1]\n')
  })
})

describe('conformance', { timeout: 240_000 }, () => {
  const serve = (/** @type {string} */ rest) => [
    'sh',
    '-c',
    `exec ${program} serve "$WSMQ_SERVICE" -L "$WSMQ_URL" --root "$WSMQ_ROOT" ${rest}`,
  ]
  const demo = fileURLToPath(new URL('demo.sh', import.meta.url))

  /** @param {string[]} command @param {string[]} only */
  async function passes(command, only) {
    const results = await runSuite({ command, only })
    assert.deepEqual(
      results.map(({ name, outcome, reason }) => [name, outcome, reason]),
      only.map((name) => [name, 'passed', undefined]),
    )
  }

  it('of programs', async () => {
    const methods = ['echo', 'sum', 'fail', 'devices.list', 'slow'].map((name) => `--method ${name}`).join(' ')
    const only = [
      'echo',
      'unicode',
      'devices',
      'sender',
      'notification',
      'correlation',
      'versions',
      'unknown-method',
      'invalid-json',
      'invalid-request',
    ]
    only.push('hostile', 'same-id', 'discovery')
    await passes(serve(`${methods} --jobs 4 -- sh ${demo}`), only)
  })

  it('of echoes', () => passes(serve('--echo'), ['echo', 'unicode', 'big', 'versions', 'load']))
})

describe('errors', { timeout: 180_000 }, () => {
  /** @type {[string, string[], RegExp][]} */
  const failures = [
    ['no service', ['--echo'], /A service has a name/],
    ['a service that is none', ['a/b', '--echo'], /A service has a name/],
    ['a name for the backend', ['svc', '--backend', '--echo'], /has no name/],
    ['nothing that answers', ['svc'], /Name what answers/],
    ['two that answer', ['svc', '--echo', '--exec', 'cat'], /Name what answers/],
    ['two programs', ['svc', '--exec', 'cat', '--', 'cat'], /cannot be combined/],
    ['no such program', ['svc', '--exec', 'no-such-program'], /no program no-such-program/],
    ['a program with arguments in one word', ['svc', '--exec', 'cat -n'], /Put its arguments after --/],
    ['an instance that is none', ['svc', '--echo', '--instance', '_all'], /underscore/],
    ['a method that is none', ['svc', '--echo', '--method', 'a b'], /A method has a name/],
    ['a record that is too large', ['svc', '--echo', '--service-version', 'x'.repeat(5000)], /at most 4,096 bytes/],
    ['lines of an echo', ['svc', '--echo', '--lines'], /for programs/],
    ['a type without raw bodies', ['svc', '--echo', '--content-type', 'a/b'], /--raw/],
    ['no jobs', ['svc', '--exec', 'cat', '--jobs', '0'], /jobs/],
  ]
  for (const [name, args, text] of failures) {
    it(`${name}: code 2`, async () => {
      const { code, err, out } = await world.run('serve', ...args)
      assert.match(err, text)
      assert.deepEqual([code, out], [2, ''])
    })
  }

  it('a program that cannot be started any more is an internal error', async () => {
    const file = world.freshFile()
    await writeFile(file, '#!/bin/sh\necho 1\n', { mode: 0o755 })
    const one = await world.serve('svc', '--exec', file)
    assert.equal((await world.ask([{ id: 1, method: 'm' }])).get(1).result, 1)
    await rm(file)
    assert.equal((await world.ask([{ id: 2, method: 'm' }])).get(2).error.code, -32603)
    assert.match(one.err, /could not be started: No such file/)
  })

  it('a password of the environment is not handed to programs', async () => {
    process.env['WSMQ_PASSWORD'] = 'secret'
    try {
      await world.serve('svc', '-u', 'ann', '--text', '--', 'env')
    } finally {
      delete process.env['WSMQ_PASSWORD']
    }
    const { result } = (await world.ask([{ id: 1, method: 'm' }])).get(1)
    assert.ok(result.includes('WSMQ_METHOD=m') && !result.includes('secret'), result)
  })
})
