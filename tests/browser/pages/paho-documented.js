// The flow that Paho's documentation shows first. mqtt.js is the library that the test chose; ?MQTT takes the older global.
var Paho = /** @type {any} */ (globalThis).Paho
var api = location.search === '?MQTT' ? Paho.MQTT : Paho
/** @type {string[]} */
var lines = []
var topic = 'World/' + Math.random()
var client = new api.Client(location.hostname, Number(location.port), '/ws_mqtt', 'documented-' + Math.random())
client.onConnectionLost = onConnectionLost
client.onMessageArrived = onMessageArrived
client.connect({ onSuccess: onConnect })

function onConnect() {
  lines.push('connected')
  client.subscribe(topic)
  var message = new api.Message('Hello')
  message.destinationName = topic
  client.send(message)
}

/** @param {{ errorCode: number }} response */
function onConnectionLost(response) {
  lines.push('lost ' + response.errorCode + ' ' + client.isConnected())
}

/** @param {{ destinationName: string, payloadString: string }} message */
function onMessageArrived(message) {
  lines.push('arrived ' + (message.destinationName === topic) + ' ' + message.payloadString)
  client.disconnect()
}
