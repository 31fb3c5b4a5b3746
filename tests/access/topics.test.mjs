// What the webapp and a service really publish and subscribe is what rules.json allows: read from Mosquitto's log, under
// the rules themselves. A broker may refuse without a word that reaches the caller, so the answers alone do not show it.
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { after, before, it } from 'node:test'
import { fileURLToPath } from 'node:url'
import { rulesFor } from '../../deploy/access/rules.mjs'
import { startDeployedMosquitto } from '../support/deployed-mosquitto.mjs'
import { root } from './expectations.mjs'

const { Webapp } = await import(new URL('../../dist/webapp.js', import.meta.url).href)
const demoService = fileURLToPath(new URL('../../demo/backends/javascript/service.js', import.meta.url))
const versions = /** @type {const} */ ([4, 5])

/** @type {Awaited<ReturnType<typeof startDeployedMosquitto>>} */
let broker
before(async () => (broker = await startDeployedMosquitto({ settings: ['log_type all', 'connection_messages true'] })))
after(() => broker?.close())

/**
 * What the client did, in the order of the log.
 * @param {string} clientId
 * @returns {{ publishes: { topic: string, retained: boolean }[], subscribes: string[], denied: number }}
 */
function tracesOf(clientId) {
  /** @type {{ publishes: { topic: string, retained: boolean }[], subscribes: string[], denied: number }} */
  const traces = { publishes: [], subscribes: [], denied: 0 }
  let subscribing = false
  for (const line of broker
    .log()
    .split('\n')
    .map((each) => each.replace(/^\d+: /, ''))) {
    const publish = /^Received PUBLISH from (\S+) \(d\d, q\d, r(\d), m\d+, '(.*)', \.\.\./.exec(line)
    if (publish?.[1] === clientId) traces.publishes.push({ topic: publish[3] ?? '', retained: publish[2] === '1' })
    if (line.startsWith('Denied PUBLISH from ' + clientId)) traces.denied += 1
    const filter = subscribing ? /^\t(.*) \(QoS \d\)$/.exec(line)?.[1] : undefined
    if (filter !== undefined) traces.subscribes.push(filter)
    else subscribing = line === `Received SUBSCRIBE from ${clientId}`
  }
  return traces
}

/** @param {string} template @param {string} name whether the template, where wildcards stand for one level, has it */
const covers = (template, name) => new RegExp(`^${template.replace(/[.*?^${}()|[\]\\$]/g, '\\$&').replaceAll('+', '[^/]+')}$`).test(name)

/** @param {import('../../deploy/access/rules.mjs').Account} account @param {string} clientId */
function assertAllowed(account, clientId) {
  const { publish, subscribe } = rulesFor(account, root)
  const { publishes, subscribes, denied } = tracesOf(clientId)
  const outside = publishes.filter(
    ({ topic, retained }) => !publish.some((rule) => covers(rule.topic, topic) && (!retained || rule.retained === true)),
  )
  assert.deepEqual(outside, [], 'publications outside of the rules')
  const refused = subscribes.filter(
    (wanted) =>
      !subscribe.some(({ filter, narrower, group }) => {
        const bare = group === undefined ? wanted : wanted.replace(`$share/${group}/`, '')
        return bare === filter || (narrower === true && covers(filter, bare))
      }),
  )
  assert.deepEqual(refused, [], 'filters outside of the rules')
  assert.equal(denied, 0)
  assert(publishes.length > 0 && subscribes.length > 0, 'the log shows what the client does')
}

/** @param {string} user @param {4 | 5} protocolVersion */
async function joinAs(user, protocolVersion) {
  const rand = `v${protocolVersion}aa`
  const name = `acme:${user}:${rand}`
  await broker.add({ role: 'webapp', name }, root)
  const credentials = { username: name, password: 'secret' }
  const app = await Webapp.join(broker.url, { org: 'acme', user, rand, root, protocolVersion, credentials, state: { at: 'home' } })
  return { app, account: { role: 'webapp', name } }
}

for (const protocolVersion of versions)
  it(`a webapp with protocol version ${protocolVersion} does nothing that the rules refuse`, async (t) => {
    const { app, account } = await joinAs('ann', protocolVersion)
    t.after(() => app.leave())
    const other = await joinAs('bob', protocolVersion)
    t.after(() => other.app.leave())
    other.app.expose({ greet: () => 'hello' })
    await app.presence.until((/** @type {any} */ presence) => presence.has(other.app.uid))
    assert.equal(await app.peer(other.app.uid).request('greet'), 'hello')
    app.peer(other.app.uid).send({ hello: 1 })
    const hall = app.room('hall')
    hall.send({ hello: 2 })
    app.devices(['SN1'])
    app.devices()
    app.presence.setState({ at: 'work' })
    app.notify('nobody', 'x')
    await assert.rejects(app.request('nobody', 'x', {}, { timeout: 1000 }), { name: /NoResponderError|RequestTimeoutError/ })
    void app.services
    hall.leave()
    await app.mq.publish(`${root}webapp/room/fence/${app.uid}`, '', { qos: 1 })
    assertAllowed(account, app.uid)
  })

it('a service does nothing that the rules refuse', async (t) => {
  const account = { role: 'service', name: 'orders/one' }
  const { account: userName } = rulesFor(account, root)
  await broker.add(account, root)
  const url = new URL(broker.tcpUrl)
  Object.assign(url, { username: encodeURIComponent(userName), password: 'secret' })
  const env = { ...process.env, WSMQ_URL: url.href, WSMQ_ROOT: root, WSMQ_SERVICE: 'orders', WSMQ_CLIENT_ID: userName }
  const child = spawn(process.execPath, [demoService], { env, stdio: ['ignore', 'pipe', 'inherit'] })
  t.after(() => child.kill('SIGKILL'))
  const { app } = await joinAs('cat', 5)
  t.after(() => app.leave())
  await app.services.until((/** @type {any} */ services) => services.of('orders').length > 0)
  await app.request('orders', 'echo', { a: 1 })
  child.kill('SIGTERM')
  await once(child, 'exit')
  assertAllowed(account, userName)
})
