import Paho from 'websocket-mq/paho'

const result = new Promise((resolve, reject) => {
  const client = new Paho.Client(location.hostname, Number(location.port), '/ws_mqtt', 'bundled')
  client.onMessageArrived = ({ payloadString }) => {
    client.disconnect()
    resolve(`page ${payloadString}`)
  }
  client.connect({
    onFailure: ({ errorMessage }) => reject(new Error(errorMessage)),
    onSuccess() {
      client.subscribe('bundled/classic', { onSuccess: () => client.send('bundled/classic', 'works') })
    },
  })
})
Object.assign(globalThis, { result })
