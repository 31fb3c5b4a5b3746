import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { get } from 'node:https'
import { once } from 'node:events'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { fileURLToPath } from 'node:url'
import { connectOnce } from '../support/connect-once.mjs'
import { eventually } from '../support/eventually.mjs'
import { startDeployedMosquitto } from '../support/deployed-mosquitto.mjs'
import { startDeployedSite } from '../support/deployed-site.mjs'
import { freePort } from '../support/free-port.mjs'

const deploy = fileURLToPath(new URL('../../deploy/', import.meta.url))

/** @param {string} file */
const read = (file) => readFile(join(deploy, file), 'utf8')

describe('the deployment', { timeout: 60_000 }, () => {
  it('serves files and the broker at /ws_mqtt, under TLS, by the shipped files of nginx and Mosquitto', async (t) => {
    const broker = await startDeployedMosquitto()
    t.after(() => broker.close())
    const site = await startDeployedSite({ brokerPort: broker.webSocketPort })
    t.after(() => site.close())
    const ca = await readFile(site.authority)
    const [page] = await once(get(site.url, { ca }), 'response')
    assert.equal(page.statusCode, 200)
    page.resume()
    assert.equal((await fetch(site.httpUrl, { redirect: 'manual' })).status, 301)
    await broker.add({ role: 'webapp', name: 'acme:ann:aaaa' }, 'app/')
    const client = await connectOnce(site.webSocketUrl, {
      ca,
      clientId: 'acme:ann:aaaa',
      username: 'acme:ann:aaaa',
      password: 'secret',
    })
    await client.subscribeAsync('app/webapp/res/acme:ann:aaaa', { qos: 1 })
    await client.endAsync()
  })

  it('logs no query of an address, which may be a token', async (t) => {
    const site = await startDeployedSite({ brokerPort: await freePort() })
    t.after(() => site.close())
    const ca = await readFile(site.authority)
    for (const path of ['index.html?token=SeCrEt', 'ws_mqtt?token=SeCrEt']) {
      const [response] = await once(get(site.url + path, { ca, agent: false }), 'response')
      response.resume()
    }
    const log = () => readFile(join(site.directory, 'access.log'), 'utf8')
    await eventually('both are logged', async () => (await log()).trim().split('\n').length === 2)
    assert.match(await log(), /"GET \/index\.html HTTP\/1\.1" 200 .*\n.*"GET \/ws_mqtt HTTP\/1\.1" 400 /)
    assert.doesNotMatch(await log(), /SeCrEt/)
  })

  it('every file that the compose file mounts is shipped, or made by the operator', async () => {
    const mounted = [...(await read('compose.yaml')).matchAll(/- \.\/([^:]+):/g)].map(([, file]) => file ?? '')
    assert.ok(mounted.length >= 10)
    for (const file of mounted.filter((file) => !/^(certificates|generated)\b/.test(file))) assert.ok(existsSync(join(deploy, file)), file)
  })

  it('every broker listens where nginx looks for it', async () => {
    assert.match(await read('nginx/websocket-mq.conf'), /proxy_pass http:\/\/127\.0\.0\.1:9001\/mqtt;/)
    assert.match(await read('mosquitto/mosquitto.conf'), /^listener 9001 127\.0\.0\.1\nsocket_domain ipv4\nprotocol websockets$/m)
    const rabbitmq = await read('rabbitmq/rabbitmq.conf')
    for (const line of ['web_mqtt.tcp.ip = 127.0.0.1', 'web_mqtt.tcp.port = 9001', 'web_mqtt.ws_path = /mqtt'])
      assert.ok(rabbitmq.includes(line))
    assert.match(await read('emqx/emqx.conf'), /bind = "127\.0\.0\.1:9001"\n {2}websocket\.mqtt_path = "\/mqtt"/)
  })

  it('only nginx is reachable from the network', async () => {
    for (const service of (await read('compose.yaml')).split(/^ {2}(?=\w+:$)/m))
      assert.equal(/^ {4}ports: (.*)$/m.exec(service)?.[1], service.startsWith('nginx:') ? "['80:80', '443:443']" : undefined)
    const listens = [...(await read('nginx/site.conf')).matchAll(/^ *listen (.*);$/gm)].map(([, what]) => what)
    assert.deepEqual(listens, ['80', '443 ssl http2'])
    // Mosquitto and RabbitMQ are looked at while they run, in tests/support/listening.test.mjs.
    const emqx = await read('emqx/emqx.conf')
    const addresses = [...emqx.matchAll(/^ *(\S*(?:bind|address)) = "(.*?)(?::\d+)?"$/gm)].map(([, name, address]) => [name, address])
    const binds = ['dashboard.listeners.http.bind', 'rpc.listen_address', 'bind', 'listeners.tcp.default.bind', 'bind']
    assert.deepEqual(
      addresses,
      binds.map((name) => [name, '127.0.0.1']),
    )
    assert.match(await read('compose.yaml'), /ERL_FLAGS: -kernel inet_dist_use_interface \{127,0,0,1\}$/m)
  })
})
