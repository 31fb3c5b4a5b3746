// What an account may do: each attempt tells what became of it.
/** @typedef {import('mqtt').MqttClient} Client */

/** RabbitMQ closes the connection. @param {string} topic */
export const publish = (topic) => (/** @type {Client} */ client) =>
  client.publishAsync(topic, 'x', { qos: 1 }).then(
    () => 'allowed',
    () => 'closed',
  )

/** @param {string} filter */
export const subscribe = (filter) => (/** @type {Client} */ client) =>
  client.subscribeAsync(filter, { qos: 1 }).then(
    ([granted]) => (granted?.qos === 1 ? 'allowed' : 'refused'),
    () => 'refused',
  )
