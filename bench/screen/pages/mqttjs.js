import { script } from '../../page/script.js'

await script('/peers/mqtt/mqtt.min.js')

export async function open(url, way, show, count) {
  const client = await globalThis.mqtt.connectAsync(url, { protocolVersion: 5 })
  client.on('message', (topic, payload) => {
    count(1)
    show(topic, payload.toString())
  })
  await client.subscribeAsync('plant/#')
}
