import { renderToString } from 'react-dom/server'
import { type Connect, MqttProvider, useConnection, useLatest, usePresence, useSubscription } from 'websocket-mq/react'

function Shown() {
  const { state } = useConnection()
  useSubscription('a', () => {})
  return <p>{`${state} ${useLatest('a') === undefined} ${usePresence().size}`}</p>
}

export const render = (connect: Connect) =>
  renderToString(
    <MqttProvider connect={connect}>
      <Shown />
    </MqttProvider>,
  )
