import assert from 'node:assert/strict'
import { winner } from '../support/winner.mjs'

const sharedSubscriptionsNotSupported = 0x9e
const topicFilterInvalid = 0x8f

/** @typedef {import('../support/check.mjs').Tools} Tools */

/**
 * Three instances at a broker without shared subscriptions.
 * @param {Tools} tools @param {import('../support/tap.mjs').Look} look
 * @param {(three: import('../support/instance.mjs').Instance[], tapped: import('../support/check.mjs').Tapped) => Promise<void>} use
 */
async function three({ instances, tapped }, look, use) {
  for (const instance of instances()) await instance.stop()
  await tapped(async (behind) => use([behind.instance, await behind.startAnother(), await behind.startAnother()], behind), look)
}

/** Each request once, by the instance that the convention names. @param {Tools} tools @param {string[]} names */
async function elected({ join, quiet }, names) {
  const callers = [await join(), await join({ user: 'acme:böb' })]
  const own = [1, 20, -5, 'ä☃', '"\\', '']
  /** @type {{ from: import('../support/caller.mjs').Caller, id: string | number }[]} */
  const sent = []
  for (const from of callers) {
    const ids = [...own, ...Array.from({ length: 50 }, () => from.newId())]
    await Promise.all(ids.map((id) => from.start('slow', { steps: 1, delay: 1 }, id)))
    sent.push(...ids.map((id) => ({ from, id })))
  }
  for (const { from, id } of sent) await from.response(id)
  for (const each of callers) await quiet(each)
  for (const { from, id } of sent) {
    assert.equal(from.responses(id).length, 1, `responses to ${id}`)
    assert.deepEqual(
      from.progress(id).map(({ at }) => at),
      [winner(names, from.uid, String(id))],
      `who worked on ${id} of ${from.uid}; there are ${names.join(', ')}`,
    )
  }
}

/** Requests of which each is answered once, whoever is there. @param {Tools} tools @param {() => Promise<unknown>} meanwhile */
async function answeredOnce({ caller, quiet }, meanwhile) {
  const ask = () => Promise.all(Array.from({ length: 100 }, (_, n) => caller.start('slow', { steps: 1, delay: n })))
  const before = ask()
  await meanwhile()
  const ids = [...(await before), ...(await ask())]
  for (const id of ids) await caller.response(id)
  await quiet(caller)
  for (const id of ids) assert.equal(caller.responses(id).length, 1, `responses to ${id}`)
}

/** What has no id, and what is no request, is refused by one of them. @param {Tools} tools */
async function refusedOnce({ caller, quiet }) {
  for (const payload of ['{', '{}', '{"id":"wrong"}', '{"jsonrpc":"2.0","id":"unknown","method":"no.such.method"}']) {
    const before = caller.received.length
    await caller.send(payload)
    await caller.until(() => caller.received.length > before, `response to ${payload}`)
    await quiet(caller)
    const answers = caller.received.slice(before).filter(({ message }) => !String(message.id).startsWith('barrier'))
    assert.equal(answers.length, 1, `responses to ${payload}`)
  }
}

/** Without shared subscriptions each instance hears of all requests, and they choose one without talking. @type {import('../support/check.mjs').Check[]} */
export default [
  {
    name: 'election',
    title: 'where CONNACK says that there are no shared subscriptions, the instance with the highest hash answers, also when one goes',
    needs: 5,
    ownBroker: true,
    run: (tools) =>
      three(tools, { noSharing: 'connack' }, async (instances, { tap }) => {
        const shared = tap.subscriptions.find(({ filter }) => filter.startsWith('$share/'))
        assert.equal(shared, undefined, 'it has subscribed what CONNACK says is not there')
        await elected(tools, names(instances))
        await refusedOnce(tools)
        const [first, second, third] = /** @type {[typeof instances[0], typeof instances[0], typeof instances[0]]} */ (instances)
        await answeredOnce(tools, async () => {
          first.signal('SIGTERM')
          await tools.records().offline(first.name)
        })
        await first.stop()
        await second.stop('SIGKILL')
        await tools.records().offline(second.name)
        await elected(tools, names([third]))
      }),
  },
  {
    name: 'election-refused',
    title: 'where SUBACK refuses the shared subscription, they do the same',
    ownBroker: true,
    run: (tools) => three(tools, { noSharing: sharedSubscriptionsNotSupported }, (instances) => elected(tools, names(instances))),
  },
  {
    name: 'election-unheard',
    title: 'where the broker delivers no retained records either, those who are there tell a newcomer of themselves',
    ownBroker: true,
    run: (tools) =>
      three(tools, { noSharing: topicFilterInvalid, keepsRetained: true }, async (instances, { startAnother }) => {
        // Nothing else shows that the last has heard of the others.
        for (const deadline = performance.now() + 20_000; ;) {
          try {
            await elected(tools, names(instances))
            break
          } catch (error) {
            if (performance.now() > deadline) throw error
          }
        }
        // Who leaves does not tell a newcomer that it is there, though its time to do so comes while it still works.
        const [leaver] = /** @type {[typeof instances[0]]} */ (instances)
        const all = [...instances, await startAnother()]
        const ids = Array.from({ length: 100 }, () => tools.caller.newId())
        const id = ids.find((each) => winner(names(all), tools.caller.uid, each) === leaver.name)
        await tools.caller.start('slow', { steps: 1, delay: 4500 }, id)
        await leaver.stop()
        assert.equal((await tools.watchAgain(leaver.name)).record.online, false, 'it said that it is online after it had said goodbye')
      }),
  },
]

/** @param {{ name: string }[]} instances */
function names(instances) {
  return instances.map(({ name }) => name)
}
