import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { MqttProvider } from 'websocket-mq/react'
import { Webapp } from 'websocket-mq/webapp'
import { App } from './App'
import './style.css'

/** In a real application the account is that of the user who is signed in, and the broker checks it. */
const join = ({ signal }: { signal: AbortSignal }) =>
  Webapp.join('/ws_mqtt', { org: 'acme', user: 'guest', state: { name: 'Guest' }, signal })

createRoot(document.querySelector('#root')!).render(
  <StrictMode>
    <MqttProvider connect={join}>
      <App />
    </MqttProvider>
  </StrictMode>,
)
