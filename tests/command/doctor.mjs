// What the tests of wsmq doctor share: the faults, and the diagnosis.
import assert from 'node:assert/strict'
import { createServer } from 'node:http'
import { after, afterEach, before } from 'node:test'
import { startBroker } from '../support/broker.mjs'
import { endFaults, listen as portOf } from '../support/faults.mjs'
import { refuseUpgrade } from '../support/own-requests.mjs'
import { ScriptedBroker } from '../support/scripted-broker.mjs'
import { buildCommand, endAll, wsmq } from './support.mjs'

/** @type {import('../support/broker.mjs').Broker} */
export let broker
before(async () => {
  await buildCommand()
  broker = await startBroker()
})
/** What a test started. @type {(() => unknown)[]} */
export const closing = []
afterEach(async () => {
  await endAll()
  for (const close of closing.splice(0).reverse()) await close()
  await endFaults()
})
after(() => broker.close())

/** @param {import('node:net').Server} server @param {string} [host] @returns {Promise<string>} host and port */
export const listen = async (server, host = '127.0.0.1') => `${host}:${await portOf(server, host)}`

/** A broker that follows a script. @param {ConstructorParameters<typeof ScriptedBroker>[0]} script */
export async function scripted(script) {
  const one = await ScriptedBroker.open(script)
  closing.push(() => one.close())
  return `mqtt://127.0.0.1:${one.port}`
}

/** A web server that answers an upgrade with a status. @param {number} status */
export const refusing = (status) => listen(createServer().on('upgrade', (_, socket) => refuseUpgrade(socket, status)))

/**
 * The diagnosis, with the exit code.
 * @param {string} url @param {...string} more
 * @returns {Promise<{ code: number, ok: boolean, verdict: string, url?: string, broker?: any, findings: { check: string, status: string, text: string }[] }>}
 */
export async function diagnose(url, ...more) {
  const { code, out, err } = await wsmq(['doctor', url, '--json', ...more])
  assert.equal(err, '')
  assert.match(out, /^\{.*\}\n$/) // one document, on one line
  return { code, ...JSON.parse(out) }
}

/** @param {Awaited<ReturnType<typeof diagnose>>} diagnosis @param {string} check */
export const found = ({ findings }, check) => findings.find((each) => each.check === check)

/** @param {string} url @param {number} code @param {RegExp} verdict @param {...string} more */
export async function fails(url, code, verdict, ...more) {
  const diagnosis = await diagnose(url, ...more)
  assert.equal(diagnosis.code, code, diagnosis.verdict)
  assert.equal(diagnosis.ok, false)
  assert.equal(diagnosis.url, undefined)
  assert.match(diagnosis.verdict, verdict)
  assert.ok(diagnosis.findings.every(({ status }) => status === 'error'))
  return diagnosis
}
