// A broker that does what a test's script says, where the command finds it; each test has at most one.
import { afterEach, before } from 'node:test'
import { ScriptedBroker } from '../support/scripted-broker.mjs'
import { buildCommand, endAll } from './support.mjs'

/** @typedef {import('../support/scripted-broker.mjs').Reaction} Reaction */

/** Builds the command, and ends whatever a test has left. To be called once, where a file's tests begin. */
export function useScriptedBroker() {
  /** @type {ScriptedBroker | undefined} */
  let broker
  before(buildCommand)
  afterEach(async () => {
    await endAll()
    await broker?.close()
    broker = undefined
  })
  /** A broker that does so, and the options that lead to it. @param {Record<string, Reaction>} script */
  return async (script) => {
    broker = await ScriptedBroker.open(script)
    return { broker, here: ['-h', '127.0.0.1', '-p', String(broker.port)] }
  }
}
