// wsmq serve --metrics-file: what Prometheus reads of a service.
import assert from 'node:assert/strict'
import { mkdir, readFile, readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { eventually, useWorld } from './party.mjs'

/** @type {import('./party.mjs').World} */
let world
useWorld((opened) => (world = opened))

/** The samples of a file, by name and labels. @param {string} file */
async function samplesOf(file) {
  const text = await readFile(file, 'utf8')
  const samples = text.split('\n').filter((line) => line && !line.startsWith('#'))
  assert.equal(text.at(-1), '\n')
  for (const sample of samples) {
    const [, name = '', base = ''] = /^((\w+?)(?:_bucket|_sum|_count)?)\{/.exec(sample) ?? []
    assert.ok(text.includes(`# TYPE ${base} `) || text.includes(`# TYPE ${name} `), sample)
  }
  return new Map(samples.map((sample) => [sample.slice(0, sample.lastIndexOf(' ')), Number(sample.slice(sample.lastIndexOf(' ') + 1))]))
}

describe('wsmq serve --metrics-file', { timeout: 180_000 }, () => {
  it('counts what it is asked, how long that takes, and the connection', async () => {
    const directory = join(world.directory, 'metrics')
    await mkdir(directory)
    const file = join(directory, 'svc.prom')
    const script = '[ $WSMQ_METHOD = bad ] && exit 7; cat'
    const args = ['--instance', 'a', '--metrics-file', file, '--metrics-interval', '0.1', '--', 'sh', '-c', script]
    const one = await world.serve('svc', ...args)
    /** @param {string} name @param {string} [more] */
    const key = (name, more = '') => `wsmq_${name}{service="svc",instance="a"${more}}`
    const value = async (/** @type {string} */ name, more = '') => (await samplesOf(file)).get(key(name, more))

    await eventually(async () => (await value('connected')) === 1)
    assert.equal(await value('requests_total'), 0)
    for (const method of ['good', 'good', 'bad']) await world.request('svc', method, '[1]')
    await eventually(async () => (await value('duration_seconds_count')) === 3)
    const samples = await samplesOf(file)
    assert.deepEqual(
      ['requests_total', 'errors_total', 'backlog', 'reconnections_total'].map((name) => samples.get(key(name))),
      [3, 1, 0, 0],
    )
    const buckets = [...samples].filter(([name]) => name.startsWith('wsmq_duration_seconds_bucket')).map(([, count]) => count)
    assert.deepEqual(
      buckets,
      [...buckets].sort((a, b) => a - b),
      'buckets are cumulative',
    )
    assert.deepEqual([buckets.at(-1), samples.get(key('duration_seconds_bucket', ',le="+Inf"'))], [3, 3])
    assert.ok(Number(samples.get(key('duration_seconds_sum'))) > 0)
    assert.ok(Number(samples.get(key('received_bytes_total'))) > 100 && Number(samples.get(key('sent_bytes_total'))) > 100)

    await world.broker.restart()
    await eventually(async () => (await value('reconnections_total')) === 1 && (await value('connected')) === 1)
    one.child.kill('SIGTERM')
    assert.equal((await one.ended).code, 0)
    assert.deepEqual([await value('connected'), await value('requests_total')], [0, 3])
    assert.deepEqual(await readdir(directory), ['svc.prom'], 'nothing else is left')
  })

  it('a directory that goes away is a warning, once, and the service goes on', async () => {
    const directory = join(world.directory, 'gone')
    await mkdir(directory)
    const one = await world.serve('svc', '--echo', '--metrics-file', join(directory, 'svc.prom'), '--metrics-interval', '0.1')
    await rm(directory, { recursive: true })
    await one.until(() => one.err.includes('svc.prom could not be written: No such file or directory.'))
    assert.equal((await world.request('svc', 'm', '[1]')).out, '[1]\n')
    await mkdir(directory)
    await eventually(async () => (await readdir(directory)).includes('svc.prom'))
    assert.equal(one.err.split('could not be written').length, 2)
  })

  it('refuses a file that cannot be written', async () => {
    const { code, err } = await world.run('serve', 'svc', '--echo', '--metrics-file', '/nowhere/svc.prom')
    assert.deepEqual([code, err], [2, 'wsmq: /nowhere/svc.prom of --metrics-file cannot be written: No such file or directory.\n'])
  })
})
