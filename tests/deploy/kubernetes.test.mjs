// The example for Kubernetes: validated and not run. What is a shell script or a file of nginx in it is run.
import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { once } from 'node:events'
import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { createServer, request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { promisify } from 'node:util'
import { root } from '../../scripts/lib/root.mjs'
import { freePort } from '../support/free-port.mjs'
import { built, parsed, validated } from '../support/manifests.mjs'
import { startNginx } from '../support/nginx.mjs'
import { upgradeHeaders as upgrade } from '../support/upgrade-headers.mjs'

const deploy = `${root}deploy/`
const run = promisify(execFile)

describe('the resources for Kubernetes', { timeout: 180_000 }, () => {
  /** @type {string} */
  let text
  /** @type {any[]} */
  let resources
  before(async () => {
    text = await built(deploy)
    resources = await parsed(text)
  })
  /** @param {string} kind @param {string} [name] */
  const find = (kind, name) => resources.filter((each) => each.kind === kind && (name === undefined || each.metadata.name === name))
  const pods = () => [...find('StatefulSet'), ...find('Deployment')].map(({ spec }) => spec.template)

  it('are valid, and what is wrong is noticed', async () => {
    const said = await validated(text)
    for (const { kind, metadata } of resources) assert.ok(said.includes(`${kind.toLowerCase()}/${metadata.name} `), said)
    for (const [from, to] of /** @type {const} */ ([
      ['containerPort: 8883', 'containerPort: "8883"'],
      ['serviceName: broker', 'serviceNames: broker'],
    ])) {
      assert.ok(text.includes(from))
      await assert.rejects(validated(text.replace(from, to)))
    }
  })

  it('have the shipped files as they are', async () => {
    const [{ data }] = find('ConfigMap')
    assert.deepEqual(
      Object.keys(data).sort(),
      'backup.sh configure.sh issuer.conf mosquitto.conf nginx.conf site.conf websocket-mq-http.conf websocket-mq.conf'.split(' '),
    )
    for (const [folder, file] of /** @type {const} */ ([
      ['mosquitto', 'mosquitto.conf'],
      ['nginx', 'nginx.conf'],
      ['nginx', 'websocket-mq.conf'],
      ['nginx', 'websocket-mq-http.conf'],
      ['nginx', 'issuer.conf'],
    ]))
      assert.equal(data[file], await readFile(`${deploy}${folder}/${file}`, 'utf8'))
  })

  it('let no container have more than it needs', () => {
    assert.equal(find('Namespace')[0].metadata.labels['pod-security.kubernetes.io/enforce'], 'restricted')
    for (const { spec } of pods()) {
      assert.equal(spec.automountServiceAccountToken, false)
      assert.equal(spec.securityContext.runAsNonRoot, true)
      for (const { name, securityContext, resources } of [...(spec.initContainers ?? []), ...spec.containers]) {
        assert.deepEqual(
          securityContext,
          { allowPrivilegeEscalation: false, readOnlyRootFilesystem: true, capabilities: { drop: ['ALL'] } },
          name,
        )
        assert.ok(resources.limits.memory, name)
      }
    }
    const [nothing] = find('NetworkPolicy', 'nothing')
    assert.deepEqual(nothing.spec, { podSelector: {}, policyTypes: ['Ingress', 'Egress'] })
  })

  it('name only what is there', () => {
    const labels = pods().map(({ metadata }) => metadata.labels.app)
    for (const { spec } of [...find('Service')]) {
      const pod = pods().find(({ metadata }) => metadata.labels.app === spec.selector.app)
      const ports = pod.spec.containers.flatMap((/** @type {any} */ each) => each.ports ?? []).map((/** @type {any} */ each) => each.name)
      for (const { targetPort } of spec.ports) assert.ok(ports.includes(targetPort), targetPort)
    }
    for (const { backend } of find('Ingress')[0].spec.rules[0].http.paths) assert.equal(find('Service', backend.service.name).length, 1)
    for (const { spec } of find('NetworkPolicy'))
      assert.ok(spec.podSelector.matchLabels === undefined || labels.includes(spec.podSelector.matchLabels.app))
    for (const { spec } of pods()) {
      const claims = find('StatefulSet')[0].spec.volumeClaimTemplates.map((/** @type {any} */ each) => each.metadata.name)
      const volumes = [...spec.volumes.map((/** @type {any} */ each) => each.name), ...claims]
      for (const { volumeMounts } of [...(spec.initContainers ?? []), ...spec.containers])
        for (const { name } of volumeMounts) assert.ok(volumes.includes(name), name)
      for (const { configMap } of spec.volumes) assert.ok(configMap === undefined || find('ConfigMap', configMap.name).length === 1)
    }
  })

  it('tell Mosquitto the same limit of memory as compose.yaml', async () => {
    const [, bytes] = /\n {6}data: (\d+)\n/.exec(await readFile(`${deploy}compose.yaml`, 'utf8')) ?? []
    const mosquitto = find('StatefulSet')[0].spec.template.spec.containers[0]
    assert.ok(mosquitto.command.at(-1).startsWith(`ulimit -d ${Number(bytes) / 1024} && exec mosquitto `))
    assert.equal(mosquitto.resources.limits.memory, '640Mi')
  })
})

describe('configure.sh', { timeout: 60_000 }, () => {
  /** @type {string} */
  let directory
  const [from, to] = ['shipped', 'configuration']
  before(async () => {
    directory = await mkdtemp(join(tmpdir(), 'wsmq-configure-'))
    for (const each of [from, to]) await mkdir(join(directory, each))
    const [{ data }] = (await parsed(await built(deploy))).filter(({ kind }) => kind === 'ConfigMap')
    for (const [name, content] of Object.entries(data)) await writeFile(join(directory, from, name), content)
    await run(`${deploy}kubernetes/configure.sh`, [from, to], { cwd: directory })
  })
  after(() => rm(directory, { recursive: true, force: true }))

  it('opens the listener for other pods, and no other', async () => {
    const lines = (/** @type {string} */ text) => text.split('\n')
    const shipped = lines(await readFile(`${deploy}mosquitto/mosquitto.conf`, 'utf8'))
    const changed = lines(await readFile(join(directory, to, 'mosquitto.conf'), 'utf8'))
    assert.deepEqual(
      changed.filter((line, index) => line !== shipped[index]),
      ['listener 8883 0.0.0.0'],
    )
    assert.equal(changed.length, shipped.length)
  })

  it('stops where a file no longer says what is to be changed', async () => {
    const other = join(directory, 'other')
    await cp(join(directory, from), other, { recursive: true })
    const conf = join(other, 'mosquitto.conf')
    await writeFile(conf, (await readFile(conf, 'utf8')).replace('listener 8883', 'listener 8884'))
    await mkdir(join(directory, 'none'))
    await assert.rejects(run(`${deploy}kubernetes/configure.sh`, ['other', 'none'], { cwd: directory }), {
      code: 1,
      stderr: 'configure.sh: mosquitto.conf does not say: listener 8883 127.0.0.1\n',
    })
  })

  it('makes an nginx behind the ingress, which takes pages of its https: site alone', async (t) => {
    /** @param {string} name */
    const server = async (name) => {
      const one = createServer((_, response) => response.setHeader('X-Name', name).end())
      one.on('upgrade', (_, socket) => socket.end('HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n'))
      one.listen(0, '127.0.0.1')
      await once(one, 'listening')
      t.after(() => (one.close(), one.closeAllConnections()))
      return /** @type {import('node:net').AddressInfo} */ (one.address()).port
    }
    const [broker, issuer, port] = [await server('broker'), await server('issuer'), await freePort()]
    const nginx = await startNginx([port], async (place) => {
      for (const [file, ...changes] of /** @type {const} */ ([
        ['site.conf', ['listen 8080', `listen 127.0.0.1:${port}`], ['/etc/nginx/snippets/', '']],
        ['websocket-mq.conf', ['127.0.0.1:9001', `127.0.0.1:${broker}`]],
        ['websocket-mq-http.conf'],
        ['issuer.conf', ['http://issuer:9003', `http://127.0.0.1:${issuer}`]],
      ])) {
        let text = await readFile(join(directory, to, file), 'utf8')
        for (const [old, now] of changes) {
          assert.ok(text.includes(old), old)
          text = text.replaceAll(old, now)
        }
        await writeFile(join(place, file), text)
      }
      return 'include site.conf;\ninclude websocket-mq-http.conf;'
    })
    t.after(() => nginx.close())

    /** @param {string} path @param {Record<string, string>} [headers] @returns {Promise<import('node:http').IncomingMessage>} */
    const ask = (path, headers = {}) =>
      new Promise((resolve, reject) => {
        const asking = request({ host: '127.0.0.1', port, path, headers: { Host: 'example.org', ...headers }, agent: false })
        asking.once('upgrade', (response, socket) => (socket.destroy(), resolve(response)))
        asking.once('response', (response) => resolve(response.resume()))
        asking.once('error', reject)
        asking.end()
      })
    assert.equal((await ask('/ws_mqtt', { ...upgrade, Origin: 'https://example.org' })).statusCode, 101)
    for (const origin of ['http://example.org', 'https://evil.example', 'https://other.example.org'])
      assert.equal((await ask('/ws_mqtt', { ...upgrade, Origin: origin })).statusCode, 403, origin)
    assert.equal((await ask('/issuer/health')).headers['x-name'], 'issuer')
    assert.equal((await ask('/issuer/revoke')).statusCode, 404)
    assert.equal((await ask('/issuer/introspect')).statusCode, 404)
    assert.equal((await ask('/healthz')).statusCode, 204)
    assert.equal((await ask('/')).statusCode, 404)
  })
})
