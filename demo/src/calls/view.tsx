// A form that calls the services and the peers that are there.
import { useComputed, useSignal, useSignalEffect } from '@preact/signals'
import { app, isConnected } from '../connection/link.js'
import { people, services } from '../people/participants.js'
import { Choice, Heading, TextArea } from '../ui/fields.js'
import { milliseconds } from '../ui/text.js'
import { call, cancel, isPeer, items, outcome, paramsOf, progress, rememberParams, running, timesOf } from './calls.js'
import { chosen } from './chosen.js'
import { PEER_METHODS } from './exposed.js'
import { Histogram } from './histogram.js'

const MOST_PEERS = 200

/** Services and peers, and what is chosen of them as long as it is there. */
function useTargets() {
  const targets = useComputed(() => [
    ...new Set(services.value.map(({ service }) => service)),
    ...people.value.slice(0, MOST_PEERS).map(({ uid }) => uid),
  ])
  const target = useComputed(() => {
    const wanted = chosen.value.target
    return targets.value.includes(wanted) || people.value.some(({ uid }) => uid === wanted) ? wanted : (targets.value[0] ?? '')
  })
  const methods = useComputed(() =>
    isPeer(target.value)
      ? [...PEER_METHODS]
      : [...new Set(services.value.filter(({ service }) => service === target.value).flatMap((each) => each.methods))],
  )
  const method = useComputed(() => (methods.value.includes(chosen.value.method) ? chosen.value.method : (methods.value[0] ?? '')))
  return { targets, target, methods, method }
}

export function CallsView() {
  const { targets, target, methods, method } = useTargets()
  const params = useSignal('')
  useSignalEffect(() => {
    params.value = paramsOf(target.value, method.value)
  })
  const [to, what] = [target.value, method.value]
  const options = [...new Set([...targets.value, ...(to === '' ? [] : [to])])].map((each) => [each, each] as const)
  const isRunning = running.value !== undefined
  return (
    <section class="panel view calls" aria-labelledby="calls-title">
      <Heading id="calls-title" text="Calls" />
      {to === '' && (
        <p class="empty">
          {app.value === undefined ? 'Connect as a webapp to call services and people.' : 'No service is running, and nobody else is here.'}
        </p>
      )}
      <form
        class="stack"
        onSubmit={(event) => {
          event.preventDefault()
          void call(to, what, params.value)
        }}
      >
        <div class="pair">
          <Choice
            label="Service or person"
            value={to}
            options={options}
            onChange={(value) => (chosen.value = { ...chosen.value, target: value })}
          />
          <Choice
            label="Method"
            value={what}
            options={methods.value.map((each) => [each, each] as const)}
            onChange={(value) => (chosen.value = { target: to, method: value })}
          />
        </div>
        <TextArea
          label="Parameters, as JSON"
          rows={3}
          value={params.value}
          onChange={(value) => {
            params.value = value
            rememberParams(to, what, value)
          }}
        />
        <div class="actions">
          {progress.value !== undefined && <progress max={1} value={progress.value} aria-label="Progress of the call" />}
          {isRunning && (
            <button type="button" onClick={cancel}>
              Cancel
            </button>
          )}
          <button class="primary" disabled={isRunning || what === '' || !isConnected.value}>
            Call
          </button>
        </div>
      </form>
      <Result />
      <Histogram times={timesOf(to, what)} />
    </section>
  )
}

function Result() {
  const result = outcome.value
  return (
    <output id="call-result" class={result?.isFailed ? 'result failed' : 'result'}>
      {running.value !== undefined && (
        <span class="quiet" aria-hidden="true">
          {items.value.length > 0 ? JSON.stringify(items.value.at(-1)) : 'Waiting …'}
        </span>
      )}
      {result && <pre>{result.text}</pre>}
      {result?.took !== undefined && <span class="took">{milliseconds(result.took)}</span>}
    </output>
  )
}
