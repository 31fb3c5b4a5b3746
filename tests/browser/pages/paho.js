// The classic flow, as pages that use mqttws31.js have it: what happened is noted, in order.
// @ts-expect-error -- the address is the page's, not the disk's
import Paho from '/dist/paho.js'

/** @type {unknown[][]} */
const notes = []
const note = (/** @type {unknown[]} */ ...what) => notes.push(what)

/** @type {any} */
let client

/** @param {string} url @param {any} options */
function start(url, options) {
  const { hostname, port, pathname } = new URL(url)
  client = new Paho.Client(hostname, Number(port), pathname, `paho-${crypto.randomUUID()}`)
  client.onConnectionLost = (/** @type {any} */ { errorCode }) => note('lost', errorCode)
  client.onMessageDelivered = (/** @type {any} */ message) => note('delivered', message.destinationName, message.payloadString)
  client.onMessageArrived = (/** @type {any} */ message) =>
    note('arrived', message.destinationName, message.payloadString, [...message.payloadBytes], message.qos, message.retained)
  client.connect({
    ...options,
    invocationContext: { whose: 'mine' },
    onSuccess: (/** @type {any} */ { invocationContext }) => note('connected', invocationContext.whose, client.isConnected()),
    onFailure: (/** @type {any} */ { errorCode, errorMessage, invocationContext }) =>
      note('failed', errorCode, invocationContext.whose, errorMessage),
  })
}

/** @param {string} filter @param {number} qos */
function subscribe(filter, qos) {
  client.subscribe(filter, {
    qos,
    onSuccess: (/** @type {any} */ { grantedQos }) => note('subscribed', grantedQos[0] ?? grantedQos),
    onFailure: () => note('not subscribed'),
  })
}

/** @param {string} topic @param {string} text @param {number} qos @param {boolean} retained */
function send(topic, text, qos, retained) {
  const message = new Paho.Message(text)
  message.destinationName = topic
  message.qos = qos
  message.retained = retained
  client.send(message)
}

Object.assign(globalThis, {
  client: { start, subscribe, send, disconnect: () => client.disconnect(), notes: () => notes },
})
