// wsmq doctor where the broker is elsewhere, or behind a proxy that ends connections: what is found, and what is said.
import assert from 'node:assert/strict'
import { createServer } from 'node:http'
import { describe, it } from 'node:test'
import { startDeployedMosquitto } from '../support/deployed-mosquitto.mjs'
import { freePort } from '../support/free-port.mjs'
import { startNginx } from '../support/nginx.mjs'
import { refuseUpgrade } from '../support/own-requests.mjs'
import { ScriptedBroker } from '../support/scripted-broker.mjs'
import { broker, closing, diagnose, fails, found, listen } from './doctor.mjs'
import { wsmq } from './support.mjs'

describe('a broker that is elsewhere', { timeout: 180_000 }, () => {
  it('is behind another path of nginx', async () => {
    const port = await freePort()
    const nginx = await startNginx([port], async () => {
      const upgrade = 'proxy_http_version 1.1; proxy_set_header Upgrade $http_upgrade; proxy_set_header Connection "upgrade";'
      return `server { listen 127.0.0.1:${port}; location = /mqtt { proxy_pass ${broker.url.replace('ws:', 'http:')}; ${upgrade} } }`
    })
    closing.push(() => nginx.close())
    const { verdict, findings } = await fails(
      `ws://127.0.0.1:${port}/wrong`,
      3,
      /^The broker answers at the path \/mqtt, and not at \/wrong: change the address\.$/,
    )
    assert.deepEqual(findings.map(({ check }) => check), ['connection', 'address']) // prettier-ignore
    assert.match(findings[0]?.text ?? '', /HTTP status 404/)
    const { out, code } = await wsmq(['doctor', `ws://127.0.0.1:${port}/wrong`])
    assert.equal(code, 3)
    assert.ok(out.startsWith(`${verdict}\n\nERROR    connection: `), out)
  })

  it('is not reached by nginx', async () => {
    const [port, nobody] = [await freePort(), await freePort()]
    const nginx = await startNginx(
      [port],
      async () => `server { listen 127.0.0.1:${port}; location / { proxy_pass http://127.0.0.1:${nobody}; } }`,
    )
    closing.push(() => nginx.close())
    await fails(`ws://127.0.0.1:${port}/mqtt`, 3, /HTTP status 502, .*where the proxy looks for it\.$/)
  })

  it('speaks no TLS, or only TLS', async () => {
    await fails(
      `mqtts://127.0.0.1:${broker.tcpPort}`,
      3,
      /^The broker answers with mqtt:, and not with mqtts:\. Change the scheme, or enable TLS at that port\.$/,
    )
    await fails(broker.url.replace('ws:', 'wss:'), 3, /^The broker answers with ws:, and not with wss:\./)
    const deployed = await startDeployedMosquitto()
    closing.push(() => deployed.close())
    await fails(deployed.tlsUrl.replace('mqtts:', 'mqtt:'), 3, /^The broker answers with mqtts:, and not with mqtt:\. Change the scheme\.$/)
  })

  it('speaks WebSocket and not plain MQTT, or the other way round', async () => {
    await fails(
      `mqtt://127.0.0.1:${broker.webSocketPort}`,
      3,
      new RegExp(`^The broker answers at ws://127\\.0\\.0\\.1:${broker.webSocketPort}/\\w+, and not at mqtt://`),
    )
    await fails(
      `ws://127.0.0.1:${broker.tcpPort}/mqtt`,
      3,
      new RegExp(`^The broker answers at mqtt://127\\.0\\.0\\.1:${broker.tcpPort}, and not at ws://`),
    )
  })

  it('is looked for without the account: what was to be encrypted is sent to nobody in clear', async () => {
    /** @type {string[]} */
    const heard = []
    const host = await listen(
      createServer().on(
        'upgrade',
        (request, socket) => (heard.push(`${request.url} ${JSON.stringify(request.headers)}`), refuseUpgrade(socket, 404)),
      ),
    )
    await fails(`wss://ann:SeCrEt@${host}/a?token=SeCrEt`, 3, /TLS/, '--header', 'Authorization: SeCrEt')
    assert.ok(heard.length > 0)
    assert.doesNotMatch(heard.join(), /SeCrEt/)
    const plain = await ScriptedBroker.open()
    closing.push(() => plain.close())
    await fails(`mqtts://ann:SeCrEt@127.0.0.1:${plain.port}`, 3, /answers with mqtt:/)
    assert.doesNotMatch(Buffer.concat(plain.bodies('connect')).toString('latin1'), /SeCrEt|ann/)
  })
})

describe('a proxy', { timeout: 180_000 }, () => {
  it('that cuts connections without traffic is found', async () => {
    const port = await freePort()
    const nginx = await startNginx([port], async () => {
      const upgrade = 'proxy_http_version 1.1; proxy_set_header Upgrade $http_upgrade; proxy_set_header Connection "upgrade";'
      return `server { listen 127.0.0.1:${port}; location / { proxy_pass http://127.0.0.1:${broker.webSocketPort}; proxy_read_timeout 1s; ${upgrade} } }`
    })
    closing.push(() => nginx.close())
    const diagnosis = await diagnose(`ws://127.0.0.1:${port}/mqtt`, '--no-measure', '--idle', '30')
    assert.equal(diagnosis.code, 1)
    assert.equal(diagnosis.ok, false)
    assert.match(
      diagnosis.verdict,
      /^A connection without traffic is cut after [12] s, by a proxy or the broker: set the keep alive below that/,
    )
    assert.equal(diagnosis.url, `ws://127.0.0.1:${port}/mqtt`)
  })

  it('that does not is found as well', async () => {
    const diagnosis = await diagnose(broker.url, '--no-measure', '--idle', '0.2')
    assert.deepEqual(found(diagnosis, 'idle'), { check: 'idle', status: 'ok', text: 'A connection without traffic stays for 0.2 s.' })
    assert.equal(diagnosis.code, 0)
  })
})
