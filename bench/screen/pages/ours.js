import { connect } from '/dist/index.js'

export async function open(url, way, show, count) {
  const mq = await connect(url)
  if (way === 'message')
    await mq.subscribe('plant/#', (message) => {
      count(1)
      show(message.topic, message.text())
    }).ready
  else
    await mq.subscribe('plant/#', { deliver: 'frame', conflate: way === 'latest', bufferSize: 100_000 }, (batch) => {
      count(batch.length)
      for (const message of batch) show(message.topic, message.text())
    }).ready
}
