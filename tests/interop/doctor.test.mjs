// The doctor in the package and in the command: the same diagnosis of the same broker, in the same words.
import assert from 'node:assert/strict'
import { afterEach, describe, it } from 'node:test'
import { diagnose } from 'websocket-mq/doctor'
import { buildCommand, wsmq } from '../command/support.mjs'
import { startAedes } from '../support/aedes.mjs'
import { startBroker } from '../support/broker.mjs'
import { startRabbitMq } from '../support/rabbitmq.mjs'

/**
 * Without what differs each time, the names of options, and the packets, which only the package's doctor keeps.
 * @param {object} diagnosis
 */
function comparable(diagnosis) {
  const text = JSON.stringify({ ...diagnosis, packets: undefined }).replaceAll(/doctor\/[a-z0-9]{4,8}\//g, 'doctor/RANDOM/')
  return JSON.parse(
    text.replaceAll(/\d+\.\d ms/g, 'some ms').replaceAll(/use -V 311|set protocolVersion to 4/g, 'set the version'),
    (key, value) => (key === 'roundTrip' ? Object.keys(value) : value),
  )
}

/** @typedef {{ url: string, credentials?: { username?: string, password?: string }, close(): Promise<unknown> }} Tested */
/** @type {Record<string, () => Promise<Tested>>} */
const brokers = { Mosquitto: startBroker, Aedes: startAedes, RabbitMQ: startRabbitMq }

describe('the two doctors', { timeout: 240_000 }, () => {
  /** @type {Tested | undefined} */
  let broker
  afterEach(() => broker?.close())

  for (const [name, start] of Object.entries(brokers))
    for (const [version, number] of /** @type {const} */ ([
      ['5', 5],
      ['311', 4],
    ]))
      it(`say the same of ${name}, from version ${version} on`, async () => {
        await buildCommand()
        const one = (broker = await start())
        const uid = 'acme:ann:k3x9'
        const { credentials } = one
        const account = credentials === undefined ? [] : ['-u', `${credentials.username}`, '-P', `${credentials.password}`]
        const { code, out } = await wsmq(['doctor', one.url, ...account, '-V', version, '--json', '--as', 'webapp', '--uid', uid])
        const ours = await diagnose(one.url, {
          protocolVersion: number,
          as: 'webapp',
          uid,
          clientId: uid,
          ...(credentials && { credentials }),
        })
        const theirs = JSON.parse(out)
        // Below MQTT 5 the command alone can end a connection so that a will is published.
        const isTriedByBoth = (/** @type {any} */ { check }) => check !== 'will' || ours.findings.some((each) => each.check === 'will')
        theirs.findings = theirs.findings.filter(isTriedByBoth)
        assert.deepEqual(comparable(theirs), comparable(ours))
        assert.equal(code, 1) // everybody may do everything
      })
})
