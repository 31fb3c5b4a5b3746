// Time limits of proxies and the keep alive of MQTT.
import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { describe, it } from 'node:test'
import { connect } from 'websocket-mq'
import { startBroker } from '../support/broker.mjs'
import { eventually } from '../support/eventually.mjs'
import { startDeployedSite } from '../support/deployed-site.mjs'
import { trust } from '../support/trusting-websocket.mjs'

/** @param {string} file @param {RegExp} pattern */
async function setting(file, pattern) {
  const [, value] = pattern.exec(await readFile(new URL(`../../deploy/${file}`, import.meta.url), 'utf8')) ?? []
  return Number(value)
}

describe('a connection without messages', { timeout: 60_000 }, () => {
  it('may be silent for longer than the broker waits for the longest keep alive', async () => {
    const keepAlive = await setting('mosquitto/mosquitto.conf', /^max_keepalive (\d+)$/m)
    const limits = {
      'nginx, from the broker': (await setting('nginx/websocket-mq.conf', /^ {4}proxy_read_timeout (\d+)h;$/m)) * 3600,
      'nginx, to the broker': (await setting('nginx/websocket-mq.conf', /^ {4}proxy_send_timeout (\d+)h;$/m)) * 3600,
      HAProxy: (await setting('haproxy/haproxy.cfg', /^ {4}timeout tunnel (\d+)h$/m)) * 3600,
      'the ingress of Kubernetes, from the broker': await setting('kubernetes/ingress.yaml', /proxy-read-timeout: '(\d+)'/),
      'the ingress of Kubernetes, to the broker': await setting('kubernetes/ingress.yaml', /proxy-send-timeout: '(\d+)'/),
    }
    for (const [name, seconds] of Object.entries(limits))
      assert.ok(seconds > 1.5 * keepAlive, `${name}: ${seconds} s, and a keep alive of ${keepAlive} s`)
  })

  it('stays while its keep alive is shorter than the time limit, and is cut without one', async (t) => {
    const broker = await startBroker()
    t.after(() => broker.close())
    const changes = { 'websocket-mq.conf': /** @type {[string, string][]} */ ([['proxy_read_timeout 1h', 'proxy_read_timeout 6s']]) }
    const site = await startDeployedSite({ brokerPort: broker.webSocketPort, changes })
    t.after(() => site.close())
    await trust(site.authority)
    /** @param {string} clientId @param {number} keepAlive */
    const idle = async (clientId, keepAlive) => {
      const mq = await connect(site.webSocketUrl, { clientId, keepAlive, packets: 0, reconnect: false })
      t.after(() => mq.disconnect().catch(() => {}))
      let pings = 0
      mq.on('packet', ({ name }) => void (pings += Number(name === 'PINGRESP')))
      return { mq, pings: () => pings }
    }
    const [kept, cut] = await Promise.all([idle('kept', 2), idle('cut', 0)])
    const { error } = await cut.mq.closed
    assert.equal(/** @type {import('websocket-mq').MqttError} */ (error).code, 'transport_closed')
    const count = kept.pings()
    await eventually('it lives on', () => kept.pings() > count)
    assert.equal(kept.mq.state, 'connected')
  })
})
