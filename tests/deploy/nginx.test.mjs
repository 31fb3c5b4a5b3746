import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { get } from 'node:https'
import { once } from 'node:events'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { fileURLToPath } from 'node:url'
import mqtt from 'mqtt'
import { startDeployedMosquitto } from '../support/deployed-mosquitto.mjs'
import { freePort } from '../support/free-port.mjs'
import { makeCertificate } from '../support/proxy.mjs'
import { ServerProcess } from '../support/server-process.mjs'

const deploy = fileURLToPath(new URL('../../deploy/', import.meta.url))

/** @param {string} file */
const read = (file) => readFile(join(deploy, file), 'utf8')

describe('the deployment', { timeout: 60_000 }, () => {
  it('serves files and the broker at /ws_mqtt, under TLS, by the shipped files of nginx and Mosquitto', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'wsmq-site-'))
    const broker = await startDeployedMosquitto()
    const [http, https] = [await freePort(), await freePort()]
    makeCertificate(directory)
    await mkdir(join(directory, 'html'))
    await mkdir(join(directory, 'temporary'))
    await writeFile(join(directory, 'html', 'index.html'), 'the page')
    const snippet = (await read('nginx/websocket-mq.conf')).replace('127.0.0.1:9001', `127.0.0.1:${broker.webSocketPort}`)
    await writeFile(join(directory, 'websocket-mq.conf'), snippet)
    const site = (await read('nginx/site.conf'))
      .replace('listen 80;', `listen 127.0.0.1:${http};`)
      .replace('listen 443 ssl;', `listen 127.0.0.1:${https} ssl;`)
      .replaceAll(/\/etc\/nginx\/(?:certificates|snippets)\//g, `${directory}/`)
      .replace('/usr/share/nginx/html', `${directory}/html`)
    await writeFile(join(directory, 'site.conf'), site)
    const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map((name) => `${name}_temp_path temporary/${name};`)
    const head = `daemon off; ${process.getuid?.() === 0 ? 'user root;' : ''} pid nginx.pid; error_log error.log; events {}`
    await writeFile(join(directory, 'nginx.conf'), `${head}\nhttp { access_log off; ${temporary.join(' ')}\ninclude site.conf; }\n`)
    const nginx = new ServerProcess('nginx', ['-e', join(directory, 'error.log'), '-p', directory, '-c', join(directory, 'nginx.conf')])
    try {
      await nginx.start([http, https])
      const ca = await readFile(join(directory, 'authority.pem'))
      const [page] = await once(get(`https://localhost:${https}/`, { ca }), 'response')
      assert.equal(page.statusCode, 200)
      assert.match(page.headers['content-security-policy'], /wasm-unsafe-eval/)
      page.resume()
      assert.equal((await fetch(`http://127.0.0.1:${http}/`, { redirect: 'manual' })).status, 301)
      await broker.add({ role: 'webapp', name: 'acme:ann:aaaa' }, 'evsuites/')
      const client = await mqtt.connectAsync(`wss://localhost:${https}/ws_mqtt`, {
        ca,
        clientId: 'acme:ann:aaaa',
        username: 'acme:ann:aaaa',
        password: 'secret',
        reconnectPeriod: 0,
      })
      await client.subscribeAsync('evsuites/webapp/res/acme:ann:aaaa', { qos: 1 })
      await client.endAsync()
    } finally {
      await nginx.stop()
      await broker.close()
      await rm(directory, { recursive: true, force: true })
    }
  })

  it('every file that the compose file mounts is shipped, or made by the operator', async () => {
    const mounted = [...(await read('compose.yaml')).matchAll(/- \.\/([^:]+):/g)].map(([, file]) => file ?? '')
    assert.ok(mounted.length >= 10)
    for (const file of mounted.filter((file) => !/^(certificates|generated)\b/.test(file))) assert.ok(existsSync(join(deploy, file)), file)
  })

  it('every broker listens where nginx looks for it', async () => {
    assert.match(await read('nginx/websocket-mq.conf'), /proxy_pass http:\/\/127\.0\.0\.1:9001\/mqtt;/)
    assert.match(await read('mosquitto/mosquitto.conf'), /^listener 9001 127\.0\.0\.1\nprotocol websockets$/m)
    const rabbitmq = await read('rabbitmq/rabbitmq.conf')
    for (const line of ['web_mqtt.tcp.ip = 127.0.0.1', 'web_mqtt.tcp.port = 9001', 'web_mqtt.ws_path = /mqtt'])
      assert.ok(rabbitmq.includes(line))
    assert.match(await read('emqx/emqx.conf'), /bind = "127\.0\.0\.1:9001"\n {2}websocket\.mqtt_path = "\/mqtt"/)
  })
})
