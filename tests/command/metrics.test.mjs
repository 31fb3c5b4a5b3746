// --metrics-file and --metrics-listen: what Prometheus reads of wsmq serve and wsmq bench.
import assert from 'node:assert/strict'
import { mkdir, readFile, readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { parseExposition, valueOf } from '../support/exposition.mjs'
import { freePort } from '../support/free-port.mjs'
import { eventually, useWorld } from './party.mjs'

/** @type {import('./party.mjs').World} */
let world
useWorld((opened) => (world = opened))

/** @param {string} file */
const metricsOf = async (file) => parseExposition(await readFile(file, 'utf8'))

describe('wsmq serve --metrics-file', { timeout: 180_000 }, () => {
  it('counts what it is asked, how long that takes, and the connection', async () => {
    const directory = join(world.directory, 'metrics')
    await mkdir(directory)
    const file = join(directory, 'svc.prom')
    const script = '[ $WSMQ_METHOD = bad ] && exit 7; cat'
    const args = [
      '--instance',
      'a',
      '--method',
      'good',
      '--method',
      'bad',
      '--metrics-file',
      file,
      '--metrics-interval',
      '0.1',
      '--',
      'sh',
      '-c',
      script,
    ]
    const one = await world.serve('svc', ...args)
    const value = async (/** @type {string} */ name, labels = {}) => valueOf(await metricsOf(file), `wsmq_${name}`, labels)

    await eventually(async () => (await value('connected', { service: 'svc', instance: 'a' })) === 1)
    assert.equal(await value('requests_total', { method: 'good' }), 0)
    for (const method of ['good', 'good', 'bad']) await world.request('svc', method, '[1]')
    assert.equal((await world.request('svc', 'ugly', '[1]')).code, 1)
    await eventually(async () => (await value('refused_total', { reason: 'unknown_method' })) === 1)
    const metrics = await metricsOf(file)
    for (const [name, labels, wanted] of /** @type {const} */ ([
      ['requests_total', { method: 'good' }, 2],
      ['requests_total', { method: 'bad' }, 1],
      ['errors_total', { method: 'good' }, 0],
      ['errors_total', { method: 'bad' }, 1],
      ['duration_seconds_count', { method: 'good' }, 2],
      ['open_requests', {}, 0],
      ['waiting_requests', {}, 0],
      ['reconnections_total', {}, 0],
    ]))
      assert.equal(valueOf(metrics, `wsmq_${name}`, labels), wanted, `${name} ${JSON.stringify(labels)}`)
    assert.equal(metrics.get('wsmq_requests_total')?.samples.length, 2, 'whatever callers invent')
    assert.ok(Number(valueOf(metrics, 'wsmq_duration_seconds_sum', { method: 'good' })) > 0)
    for (const name of ['received', 'sent']) assert.ok(Number(valueOf(metrics, `wsmq_${name}_bytes_total`)) > 100)

    await world.broker.restart()
    await eventually(async () => (await value('reconnections_total')) === 1 && (await value('connected')) === 1)
    one.child.kill('SIGTERM')
    assert.equal((await one.ended).code, 0)
    assert.deepEqual([await value('connected'), await value('requests_total', { method: 'good' })], [0, 2])
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

describe('wsmq serve --metrics-listen', { timeout: 180_000 }, () => {
  it('is scraped while it runs', async () => {
    const port = await freePort()
    const one = await world.serve('svc', '--echo', '--metrics-listen', String(port))
    const scraped = async () => {
      const response = await fetch(`http://127.0.0.1:${port}/metrics`)
      assert.equal(response.headers.get('content-type'), 'text/plain; version=0.0.4; charset=utf-8')
      return parseExposition(await response.text())
    }
    await eventually(async () => valueOf(await scraped(), 'wsmq_connected') === 1)
    assert.equal((await world.request('svc', 'm', '[1]')).out, '[1]\n')
    assert.equal(valueOf(await scraped(), 'wsmq_requests_total', { method: '*' }), 1)
    assert.equal((await fetch(`http://127.0.0.1:${port}/`)).status, 404)
    const taken = await world.run('serve', 'svc', '--echo', '--metrics-listen', `127.0.0.1:${port}`)
    assert.deepEqual(
      [taken.code, taken.err],
      [2, `wsmq: 127.0.0.1:${port} of --metrics-listen cannot be listened at: Address already in use.\n`],
    )
    one.child.kill('SIGTERM')
    assert.equal((await one.ended).code, 0)
  })

  for (const address of ['0', 'x', 'localhost:9464', '127.0.0.1:', ':9464', '127.0.0.1:99999', '[::1:9464'])
    it(`refuses ${address}`, async () => {
      const { code, err } = await world.run('serve', 'svc', '--echo', '--metrics-listen', address)
      assert.deepEqual([code, err], [2, `wsmq: --metrics-listen takes PORT or ADDRESS:PORT, and not ${address}.\n`])
    })
})

describe('wsmq bench --metrics-file', { timeout: 180_000 }, () => {
  it('has the messages, while it runs and at its end', async () => {
    const file = join(world.directory, 'bench.prom')
    const run = world.start('bench', '-n', '300', '--rate', '100', '-q', '1', '--metrics-file', file, '--metrics-interval', '0.1')
    /** @type {Set<number | undefined>} */
    const seen = new Set()
    await eventually(async () => {
      const metrics = await metricsOf(file).catch(() => undefined)
      if (metrics) seen.add(valueOf(metrics, 'wsmq_bench_received_total'))
      return seen.size > 2
    })
    const { code, err } = await run.ended
    assert.equal(code, 0, err)
    const metrics = await metricsOf(file)
    for (const name of ['published_total', 'received_total', 'latency_seconds_count'])
      assert.equal(valueOf(metrics, `wsmq_bench_${name}`), 300, name)
    assert.ok(Number(valueOf(metrics, 'wsmq_bench_latency_seconds_sum')) > 0)
  })

  it('has the webapps of a load', async () => {
    const file = join(world.directory, 'load.prom')
    const { code, err } = await world.run('bench', '--webapps', '10', '--requests', '3', '--metrics-file', file)
    assert.equal(code, 0, err)
    const metrics = await metricsOf(file)
    for (const [name, wanted] of /** @type {const} */ ([
      ['webapps', 10],
      ['joined', 10],
      ['knowing', 10],
      ['losses_total', 0],
      ['failed_requests_total', 0],
      ['request_seconds_count', 30],
      ['join_seconds_count', 10],
      ['return_seconds_count', 0],
    ]))
      assert.equal(valueOf(metrics, `wsmq_load_${name}`), wanted, name)
  })

  for (const args of [
    ['-n', '1'],
    ['--webapps', '2'],
  ]) {
    it(`refuses a file that cannot be written: ${args.join(' ')}`, async () => {
      const { code, err } = await world.run('bench', ...args, '--metrics-file', '/nowhere/bench.prom')
      assert.deepEqual([code, err], [2, 'wsmq: /nowhere/bench.prom of --metrics-file cannot be written: No such file or directory.\n'])
    })
  }
})
