// A worker that loads the plain script, as a worker of its time does or as a module does, and makes a round trip.
/** @param {MessageEvent} event */
self.onmessage = async ({ data: { form, url, topic } }) => {
  const script = '/dist/paho-mqtt.embedded.js'
  if (form === 'import') await import(script)
  else /** @type {any} */ (globalThis).importScripts(script)
  const { Client } = /** @type {any} */ (globalThis).Paho.MQTT
  const client = new Client(url, topic)
  client.onMessageArrived = (/** @type {any} */ { payloadString }) => self.postMessage(`arrived ${payloadString}`)
  client.connect({
    onFailure: (/** @type {any} */ { errorMessage }) => self.postMessage(errorMessage),
    onSuccess() {
      client.subscribe(topic)
      client.send(topic, 'Hello')
    },
  })
}
