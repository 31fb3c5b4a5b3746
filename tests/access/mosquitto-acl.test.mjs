// The acl_file form, where client certificates give the user name: what it keeps, and what Mosquitto 2.0 cannot keep with it.
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { aclFile } from '../../deploy/access/mosquitto.mjs'
import { listener } from '../support/broker.mjs'
import { connectOnce } from '../support/connect-once.mjs'
import { freePort } from '../support/free-port.mjs'
import { makeCertificate } from '../support/certificate.mjs'
import { ServerProcess } from '../support/server-process.mjs'
import { ann, bob, root, webapp } from './expectations.mjs'

const notAuthorised = 0x87

describe('Mosquitto with an acl_file and client certificates', { timeout: 60_000 }, () => {
  /** @type {string} */
  let directory
  /** @type {ServerProcess} */
  let server
  /** @type {number} */
  let port
  /** @type {import('mqtt').MqttClient[]} */
  const clients = []

  before(async () => {
    directory = await mkdtemp(join(tmpdir(), 'wsmq-acl-file-'))
    await chmod(directory, 0o700)
    makeCertificate(directory)
    port = await freePort()
    const accounts = [
      { role: 'webapp', name: ann },
      { role: 'webapp', name: bob },
      { role: 'service', name: 'orders' },
    ]
    await writeFile(join(directory, 'rules.acl'), aclFile(accounts, root))
    const lines = [
      ...(process.getuid?.() === 0 ? ['user root'] : []),
      'allow_anonymous false',
      'log_dest stderr',
      `acl_file ${directory}/rules.acl`,
      ...listener(port, 'mqtt'),
      `cafile ${directory}/authority.pem`,
      `certfile ${directory}/server.pem`,
      `keyfile ${directory}/server.key`,
      'require_certificate true',
      'use_identity_as_username true',
      'use_username_as_clientid true',
    ]
    await writeFile(join(directory, 'mosquitto.conf'), `${lines.join('\n')}\n`)
    process.env['PATH'] += ':/usr/sbin:/usr/local/sbin'
    server = new ServerProcess('mosquitto', ['-c', join(directory, 'mosquitto.conf')])
    await server.start([port])
  })
  after(async () => {
    await Promise.all(clients.map((client) => client.endAsync(true)))
    await server?.stop()
    await rm(directory, { recursive: true, force: true })
  })

  /** @param {string} name of the certificate @param {string} [clientId] that the client asks for */
  async function enter(name, clientId = name) {
    const file = name.replaceAll(/[^A-Za-z0-9]/g, '-')
    /** @param {...string} args */
    const openssl = (...args) => execFileSync('openssl', args, { cwd: directory, stdio: 'pipe' })
    const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-keyout', `${file}.key`]
    openssl('req', ...key, '-out', `${file}.csr`, '-subj', `/CN=${name.replaceAll(/[/+]/g, '\\$&')}`)
    openssl('x509', '-req', '-in', `${file}.csr`, '-CA', 'authority.pem', '-CAkey', 'authority.key', '-out', `${file}.pem`, '-days', '2')
    /** @param {string} name */
    const read = (name) => readFile(join(directory, name))
    const tls = { ca: await read('authority.pem'), cert: await read(`${file}.pem`), key: await read(`${file}.key`) }
    const client = await connectOnce(`mqtts://localhost:${port}`, { ...tls, clientId, protocolVersion: 5 })
    clients.push(client)
    return client
  }

  /** @param {import('mqtt').MqttClient} client @param {string} topic @returns {Promise<number>} the reason code */
  const publish = (client, topic) =>
    client.publishAsync(topic, topic, { qos: 1 }).then(
      (packet) => /** @type {any} */ (packet)?.reasonCode ?? 0,
      (error) => error.code,
    )

  it('a webapp can publish only as itself, whatever client identifier it sends', async () => {
    const client = await enter(ann, bob)
    for (const topic of webapp.publishes) assert.notEqual(await publish(client, topic), notAuthorised, topic)
    for (const topic of webapp.cannotPublish) assert.equal(await publish(client, topic), notAuthorised, topic)
  })

  for (const name of [`orders/${bob}`, `hall/${bob}`, '+', '#', `orders/+`, 'acme:eve:eeee', 'ACME:BOB:BBBB', `${bob} `])
    it(`a certificate for "${name}", which the file does not name, can do nothing`, async () => {
      const client = await enter(name)
      const victim = await enter(bob)
      /** @type {string[]} */
      const seen = []
      client.on('message', (topic) => seen.push(topic))
      await client.subscribeAsync('#', { qos: 1 })
      assert.notEqual(await publish(victim, `${root}webapp/peer/x/${bob}`), notAuthorised)
      const topics = ['req/orders/', 'req/', 'room/hall/', 'room/', 'status/'].flatMap((each) =>
        [name, bob].map((to) => `${root}webapp/${each}${to}`),
      )
      for (const topic of [...topics, `${root}device/status/${name}`, ...webapp.publishes].filter((each) => !/[+#]/.test(each)))
        assert.equal(await publish(client, topic), notAuthorised, topic)
      assert.deepEqual(seen, []) // what was sent before those answers
    })

  it('what is not for a webapp does not reach it, though the subscription is granted', async () => {
    const client = await enter(ann)
    const service = await enter('service:orders')
    /** @type {string[]} */
    const seen = []
    const own = `${root}webapp/res/${ann}`
    const arrived = new Promise((resolve) => client.on('message', (topic) => seen.push(topic) && topic === own && resolve(undefined)))
    await client.subscribeAsync(['#', `${root}webapp/res/+`], { qos: 1 })
    await publish(service, `${root}webapp/res/${bob}`)
    await publish(service, own)
    await arrived
    assert.deepEqual([...new Set(seen)], [own])
  })

  it('a webapp in the share of a service swallows requests: the reason to use the dynamic security plugin', async () => {
    const intruder = await enter(bob)
    const service = await enter('service:orders')
    const filter = `$share/orders/${root}webapp/req/orders/+`
    await service.subscribeAsync(filter, { qos: 1 })
    await intruder.subscribeAsync(filter, { qos: 1 })
    const caller = await enter(ann)
    let received = 0
    service.on('message', () => (received += 1))
    for (let count = 0; count < 10; ++count) await publish(caller, `${root}webapp/req/orders/${ann}`)
    await service.unsubscribeAsync(filter) // answered after everything before it
    assert.equal(received, 5)
  })
})
