/** What the page's own broker gives back. @param {typeof import('websocket-mq').connect} connect */
export async function roundTrip(connect) {
  const mq = await connect('/ws_mqtt')
  const subscription = mq.subscribe('bundled/+name', { qos: 1 })
  await subscription.ready
  await mq.publish('bundled/page', 'works', { qos: 1 })
  const { value: message } = await subscription.next()
  await mq.disconnect()
  return `${message?.params.name} ${message?.text()}`
}
