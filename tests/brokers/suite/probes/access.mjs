// The access rules of docs/protocol.md, tried from inside: what tests/access expects of every form of them.
import { ann, service, webapp } from '../../../access/expectations.mjs'
import { Lab, NotTried } from '../lab.mjs'

/**
 * Whether an account may do something, each time over a connection of its own: some brokers answer what they forbid by
 * closing it.
 * @param {Lab} lab for this alone
 * @param {import('../lab.mjs').Credentials} account
 * @param {(client: import('mqtt').MqttClient) => Promise<number>} act resolves with a reason code
 */
async function isAllowed(lab, account, act) {
  try {
    const client = await lab.other(account)
    const closed = new Promise((resolve) => client.once('close', () => resolve(0x87)))
    const code = await Promise.race([act(client).catch(() => 0x87), closed])
    return Number(code) < 0x80
  } finally {
    await lab.close()
  }
}

/** @param {string} topic */
const publish = (topic) => (/** @type {import('mqtt').MqttClient} */ client) =>
  client.publishAsync(topic, 'x', { qos: 1 }).then((packet) => /** @type {any} */ (packet)?.reasonCode ?? 0)

/** @param {string} filter */
const subscribe = (filter) => (/** @type {import('mqtt').MqttClient} */ client) =>
  client.subscribeAsync(filter, { qos: 1 }).then(([granted]) => granted?.qos ?? 0x80)

/** @param {import('../lab.mjs').Credentials} account @param {typeof webapp | typeof service} rules */
const trialsOf = (account, { publishes, cannotPublish, subscribes, cannotSubscribe }) => [
  ...publishes.map((topic) => ({ account, act: publish(topic), allowed: true, what: `publish ${topic}` })),
  ...cannotPublish.map((topic) => ({ account, act: publish(topic), allowed: false, what: `publish ${topic}` })),
  ...subscribes.map((filter) => ({ account, act: subscribe(filter), allowed: true, what: `subscribe ${filter}` })),
  ...cannotSubscribe.map((filter) => ({ account, act: subscribe(filter), allowed: false, what: `subscribe ${filter}` })),
]

/** @type {import('../run.mjs').Probe[]} */
export const access = [
  {
    row: 'access rules, from inside',
    seconds: 90,
    alone: true, // each connection of an account ends the one before
    async run(lab) {
      const { accounts, boundUrls: urls } = lab.target
      if (!accounts || !urls) throw new NotTried('no accounts given')
      // Most brokers take the client identifier for what the rules are about.
      const page = { clientId: ann, ...(await accounts('webapp', ann)) }
      const instance = { clientId: 'service:stock:one', ...(await accounts('service', 'stock/one')) }
      const trials = [...trialsOf(page, webapp), ...trialsOf(instance, service)]
      let isUntold = false
      /** @type {string[]} */
      const wrong = []
      for (const { account, act, allowed, what } of trials) {
        const tried = () => isAllowed(new Lab({ urls }, lab.version), account, act)
        // Once more: a connection may also end because the one before had the same identifier.
        const may = (await tried()) || (allowed && (await tried()))
        // MQTT 3.1.1 has no code for it: the broker may have dropped the message.
        if (may && !allowed && lab.version < 5 && what.startsWith('publish')) isUntold = true
        else if (may !== allowed) wrong.push(`${account.clientId} ${allowed ? 'cannot' : 'can'} ${what}`)
      }
      if (wrong.length > 0) return `no (${wrong.length} of ${trials.length} wrong: ${wrong[0]})`
      return isUntold ? 'yes (this version does not say whether a publication was refused)' : 'yes'
    },
  },
]
