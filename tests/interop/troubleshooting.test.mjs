// docs/troubleshooting.md, row by row: each symptom is provoked, and the doctor says the sentence of the page, word for word.
import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import { createServer as createTcpServer } from 'node:net'
import { before, describe, it } from 'node:test'
import { WebSocketServer } from 'ws'
import { diagnose } from 'websocket-mq/doctor'
import { root } from '../../scripts/lib/root.mjs'
import { buildCommand, endAll, startInShell, wsmq } from '../command/support.mjs'
import { startAedes } from '../support/aedes.mjs'
import { startBroker } from '../support/broker.mjs'
import { startDeployedMosquitto } from '../support/deployed-mosquitto.mjs'
import {
  askingAt,
  certified,
  endFaults,
  hoarding,
  kept,
  listen,
  nginx,
  refusing,
  scripted,
  silentMachine,
  site,
  withoutNameServer,
} from '../support/faults.mjs'
import { freePort } from '../support/free-port.mjs'
import { startRabbitMq } from '../support/rabbitmq.mjs'
import { inBrowsers, rowWith, shownElsewhere, troubleshootingRows } from '../support/troubleshooting.mjs'

const uid = 'acme:ann:aaaa'
const other = 'acme:bob:bbbb'
const rows = await troubleshootingRows()
/**
 * What is asked, of which doctor: `url` by both; `command` and `page` by one of them. `preload`: a library before the system's.
 * @typedef {{ url?: string, command?: string[], page?: [url: string, options?: object], preload?: string }} Symptom
 */

const account = { username: 'ann', password: 'wrong' }

/** By a part of the row: what provokes it. @type {Record<string, () => Promise<Symptom>>} */
const symptoms = {
  'could not be resolved': async () => {
    const host = `${'x'.repeat(64)}.invalid` // no name: a label has 63 characters
    return { command: [`mqtt://${host}`], page: [`ws://nobody.invalid/`] }
  },
  'No name server answered': async () => ({ command: ['mqtt://nobody.invalid'], preload: await withoutNameServer() }),
  'Nothing listens at': async () => ({ url: `ws://127.0.0.1:${await freePort()}/` }),
  '… does not answer…': async () => ({ command: [`mqtt://127.0.0.1:${await silentMachine()}`, '--connect-timeout', '1'] }),
  'cannot be reached': async () => ({ url: 'ws://255.255.255.255/' }),
  'did not answer in time': async () => {
    const server = createServer()
    kept(new WebSocketServer({ server, handleProtocols: () => 'mqtt' }))
    const url = `ws://127.0.0.1:${await listen(server)}/`
    return { command: [url, '--connect-timeout', '1'], page: [url, { timeout: 300 }] }
  },

  'The broker answers at the path': async () => {
    const broker = kept(await startBroker())
    const upgrade = 'proxy_http_version 1.1; proxy_set_header Upgrade $http_upgrade; proxy_set_header Connection "upgrade";'
    const url = await nginx(() => `location = /ws_mqtt { proxy_pass http://127.0.0.1:${broker.webSocketPort}; ${upgrade} }`)
    return { url: url.replace('/mqtt', '/wrong') }
  },
  'HTTP status 400': async () => {
    const { port } = await site(await freePort())
    return { command: [await nginx(() => `location = /mqtt { proxy_pass https://127.0.0.1:${port}/ws_mqtt; proxy_http_version 1.1; }`)] }
  },
  'HTTP status 403': async () => ({ command: [...(await site(await freePort())).command, '--header', 'Origin: https://evil.example'] }),
  'HTTP status 401': async () => {
    const port = await listen(createServer((_, response) => response.writeHead(401).end()))
    return { command: (await site(await freePort(), askingAt(port))).command }
  },
  'HTTP status 500': async () => ({ command: (await site(await freePort(), askingAt(await freePort()))).command }),
  'did not complete the WebSocket handshake': async () => {
    const port = await listen(createTcpServer((socket) => socket.resume().end()))
    return { command: [`ws://127.0.0.1:${port}/`] }
  },
  'HTTP status 404': async () => {
    const { webSocketUrl, authority } = await site(await freePort(), {
      'websocket-mq.conf': [['location = /ws_mqtt', 'location = /elsewhere']],
    })
    return { command: [webSocketUrl, '--cafile', authority] }
  },
  'HTTP status 429': async () => {
    const changes = /** @type {Record<string, [string, string][]>} */ ({
      'websocket-mq.conf': [[' burst=100 nodelay', '']],
      'websocket-mq-http.conf': [['rate=20r/s', 'rate=1r/m']],
    })
    const { command } = await site(await freePort(), changes)
    await wsmq(['doctor', ...command])
    return { command }
  },
  'HTTP status 502': async () => ({ command: (await site(await freePort())).command }),
  'HTTP status 504': async () => ({ command: [...(await site(await silentMachine())).command, '--connect-timeout', '20'] }),
  'WebSocket subprotocol': async () => {
    const server = createServer()
    kept(new WebSocketServer({ server, handleProtocols: () => 'other' }))
    return { url: `ws://127.0.0.1:${await listen(server)}/` }
  },

  'is out of its time': async () => {
    const { port, trust } = await certified('expired')
    return { command: [`wss://localhost:${port}/`, ...trust] }
  },
  'is for another name': async () => {
    const { port, trust } = await certified('server', '127.0.0.2')
    return { command: [`wss://127.0.0.2:${port}/`, ...trust] }
  },
  'is not from an authority': async () => ({ command: [`wss://localhost:${(await certified('server')).port}/`] }),
  'is self-signed': async () => ({ command: [`wss://localhost:${(await certified('own')).port}/`] }),
  'The broker answers with …': async () => ({ url: kept(await startBroker()).url.replace('ws:', 'wss:') }),
  'TLS with …': async () => {
    const port = await listen(createTcpServer((socket) => socket.end('SSH-2.0-OpenSSH_9.2\r\n')))
    return { url: `wss://127.0.0.1:${port}/` }
  },

  'No credentials were given': async () => ({ url: kept(await startBroker({ users: { ann: 'right' } })).url }),
  'Check the user name and the password': async () => {
    const { tcp, ws } = await refusing(0x86)
    return { command: [tcp, '-u', 'ann'], page: [ws, { credentials: account }] }
  },
  "Check the user's rights": async () => {
    const { url } = kept(await startBroker({ users: { ann: 'right' } }))
    return { command: [url, '-u', 'ann', '-P', 'wrong'], page: [url, { credentials: account }] }
  },
  'The broker binds this account': async () => {
    const broker = kept(await startDeployedMosquitto())
    await broker.add({ role: 'device', name: 'SN1' }, 'app/')
    const isBound = (/** @type {Buffer} */ body) => body.toString('latin1').split('ann').length > 2
    const { ws } = await scripted({ connect: (connection, { body }) => (isBound(body) ? connection.accept() : connection.accept(0x87)) })
    return { command: [broker.tcpUrl, '-u', 'SN1', '-P', 'secret'], page: [ws, { credentials: account }] }
  },
  'The broker does not accept': async () => {
    const { url } = kept(await startAedes())
    const credentials = { username: 'tester', password: 'secret' }
    return { command: [url, '-u', 'tester', '-P', 'secret', '--no-measure'], page: [url, { credentials, measure: false }] }
  },
  'Try again later': async () => {
    const { tcp, ws } = await refusing(0x88)
    return { command: [tcp], page: [ws] }
  },
  'assigns no client identifiers': async () => {
    const broker = kept(await startBroker({ settings: ['allow_zero_length_clientid false'] }))
    return { command: [`mqtt://127.0.0.1:${broker.tcpPort}`, '--no-measure'] }
  },

  'A connection without traffic is cut': async () => {
    const broker = kept(await startBroker())
    const upgrade = 'proxy_http_version 1.1; proxy_set_header Upgrade $http_upgrade; proxy_set_header Connection "upgrade";'
    const url = await nginx(() => `location / { proxy_pass http://127.0.0.1:${broker.webSocketPort}; proxy_read_timeout 1s; ${upgrade} }`)
    return { command: [url, '--no-measure', '--idle', '30'], page: [url, { measure: false, idle: 30 }] }
  },

  'which every … needs': async () => {
    const broker = kept(await startDeployedMosquitto())
    for (const name of [uid, other]) await broker.add({ role: 'webapp', name }, 'app/')
    const credentials = { username: other, password: 'secret' }
    return {
      command: [broker.tcpUrl, '-u', uid, '-P', 'secret', '--as', 'webapp', '--uid', uid, '--root', 'other/', '--no-measure'],
      page: [broker.url, { credentials, clientId: other, uid: other, root: 'other/', as: 'webapp', measure: false }],
    }
  },
  'which it must not': async () => {
    const { url } = kept(await startBroker())
    return {
      command: [url, '--as', 'webapp', '--uid', uid, '--no-measure'],
      page: [url, { clientId: other, uid: other, as: 'webapp', measure: false }],
    }
  },
  'Retained messages are not delivered': async () => ({ url: kept(await startBroker({ settings: ['retain_available false'] })).url }),
  'Wildcard filters get no retained': () => onRabbitMq(),
  'Shared subscriptions do not work': () => onRabbitMq(),
  'Last wills are not published': () => onHoarding(),
  'The Message Expiry Interval is not kept': () => onHoarding(),
}

/** Said once of several rows. @param {() => Promise<Symptom>} provoke */
function onlyOnce(provoke) {
  /** @type {Promise<Symptom> | undefined} */
  let symptom
  return () => (symptom ??= provoke())
}
const onHoarding = onlyOnce(async () => {
  const { tcp, ws } = await hoarding()
  return { command: [tcp], page: [ws] }
})
const onRabbitMq = onlyOnce(async () => {
  const { url, credentials } = kept(await startRabbitMq())
  return {
    command: [url, '-u', credentials.username, '-P', credentials.password, '-V', '311'],
    page: [url, { credentials, protocolVersion: 4 }],
  }
})

/** @typedef {{ verdict: string, findings: readonly { text: string }[] }} Diagnosis */
/** @typedef {{ command?: Diagnosis | undefined, page?: Diagnosis | undefined }} Diagnoses */

/** By the symptom: some show in several rows. @type {Map<Symptom, Promise<Diagnoses>>} */
const diagnoses = new Map()

/** @param {Symptom} symptom @returns {Promise<Diagnoses>} */
async function diagnosesOf({ url, command = url ? [url] : undefined, page = url ? [url] : undefined, preload }) {
  const run = async (/** @type {string[]} */ ...args) => {
    const { out, err } = await (preload ? startInShell(`LD_PRELOAD='${preload}' exec "$0" "$@"`, args).ended : wsmq(args))
    assert.equal(err, '')
    return JSON.parse(out)
  }
  const [ofCommand, ofPage] = await Promise.all([command && run('doctor', '--json', ...command), page && diagnose(...page)])
  return { command: ofCommand, page: ofPage }
}

describe('docs/troubleshooting.md: the doctor says', { timeout: 300_000 }, () => {
  before(() => buildCommand())

  for (const [part, provoke] of Object.entries(symptoms))
    it(rowWith(rows, part).text, async () => {
      try {
        const symptom = await provoke()
        const asked = diagnoses.get(symptom) ?? diagnosesOf(symptom)
        diagnoses.set(symptom, asked)
        const all = Object.entries(await asked).filter(([, diagnosis]) => diagnosis)
        assert.ok(all.length > 0)
        for (const [who, { verdict, findings }] of all) {
          const texts = [verdict, ...findings.map(({ text }) => text)]
          assert.ok(texts.some(rowWith(rows, part).isSaid), `${who}:\n${texts.join('\n')}`)
        }
      } finally {
        await endAll()
        await endFaults()
      }
    })
})

describe('docs/troubleshooting.md', () => {
  it('has no row that nothing shows', async () => {
    const parts = [...Object.keys(symptoms), ...inBrowsers, ...Object.keys(shownElsewhere)]
    const shown = parts.map((part) => rowWith(rows, part).text)
    assert.deepEqual(
      rows.map(({ text }) => text).filter((text) => !shown.includes(text)),
      [],
    )
    assert.equal(new Set(shown).size, rows.length)
  })

  for (const [symptom, [file, title]] of Object.entries(shownElsewhere))
    it(`"${symptom}" is shown by a test`, async () => {
      assert.equal(rowWith(rows, symptom).isQuoted, false)
      assert.ok((await readFile(root + file, 'utf8')).includes(title), `${file} has no test "${title}".`)
    })
})
