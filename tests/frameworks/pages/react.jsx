import * as React from 'react'
import { startTransition, StrictMode, Suspense, useState, version } from 'react'
import { createRoot } from 'react-dom/client'
import { MqttProvider, useConnection, useLatest, usePresence, useRequest, useSubscription } from 'websocket-mq/react'
import { heard, join, run, topic } from './join.js'

function Page() {
  const [filter, setFilter] = useState('a/+')
  const [round, setRound] = useState(1)
  const { state, error, retry } = useConnection()
  const latest = useLatest(topic(filter), { qos: 1 })
  const { isReady, error: refusal } = useSubscription(topic('heard/#'), (message) => heard.push(`${round} ${message.text()}`), { qos: 1 })
  const off = useSubscription(filter === 'a/+' ? topic('a/only') : null, (message) => heard.push(`only ${message.text()}`))
  const present = usePresence()
  const { request, cancel, data, error: failure, isPending, progress } = useRequest('stock', 'count')
  return (
    <>
      <output id="state">{state}</output>
      <output id="error">{error?.message}</output>
      <output id="ready">{`${isReady} ${off.isReady} ${refusal?.code ?? ''}`}</output>
      <output id="latest">{latest?.text()}</output>
      <output id="round">{round}</output>
      <ul id="people">
        {[...present.values()].map(({ uid, user }) => (
          <li key={uid}>{user}</li>
        ))}
      </ul>
      <output id="request">{JSON.stringify({ data, failure: failure?.name, isPending, progress })}</output>
      <button id="switch" onClick={() => setFilter(filter === 'a/+' ? 'b/#' : 'a/+')}>
        switch
      </button>
      <button id="next" onClick={() => setRound(round + 1)}>
        next
      </button>
      <button id="ask" onClick={() => void request({ items: 5 })}>
        ask
      </button>
      <button id="ask-nobody" onClick={() => void request({ items: -1 }, { timeout: 300 })}>
        ask in vain
      </button>
      <button id="cancel" onClick={cancel}>
        cancel
      </button>
      <button id="retry" onClick={retry}>
        retry
      </button>
      <Concurrent setRound={setRound} />
    </>
  )
}

/** A render that is begun and waits, while the one before stays on the screen. */
function Concurrent({ setRound }) {
  const [wait, setWait] = useState()
  const begin = () => {
    const promise = new Promise((resolve) => (globalThis.finish = resolve))
    startTransition(() => {
      setWait(promise)
      setRound(100)
    })
  }
  return (
    <Suspense>
      <button id="transition" onClick={begin}>
        transition
      </button>
      {wait && <Wait promise={wait} />}
    </Suspense>
  )
}
const Wait = ({ promise }) => <output id="waited">{read(promise)}</output>

/** `use` of React 19; React 18 has a boundary wait for what is thrown. */
const read =
  React.use ??
  ((promise) => {
    if ('result' in promise) return promise.result
    throw promise.then((result) => (promise.result = result))
  })
globalThis.reactVersion = version

run((element) => {
  const root = createRoot(element)
  root.render(
    <StrictMode>
      <MqttProvider connect={join}>
        <Page />
      </MqttProvider>
    </StrictMode>,
  )
  return () => root.unmount()
})
