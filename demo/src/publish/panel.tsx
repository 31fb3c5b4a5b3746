import { connection } from '../connection/link.js'
import { stored } from '../connection/outbox.js'
import { plural, time } from '../ui/text.js'
import { Check, Choice, Heading, NumberField, QOS, TextArea, TextField } from '../ui/fields.js'
import { draft, edit, isBusy, MOST_TIMES, outcome, publishDraft } from './draft.js'
import { PropertiesFields } from './properties-fields.js'

export function PublishPanel() {
  const { topic, payload, qos, retain, times, properties } = draft.value
  const filled = Object.values(properties).filter(Boolean).length
  const submit = (event: Event) => {
    event.preventDefault()
    void publishDraft()
  }
  return (
    <section class="panel publish" aria-labelledby="publish-title">
      <Heading id="publish-title" text="Publish" />
      <form class="stack" onSubmit={submit}>
        <TextField label="Topic" code required value={topic} onChange={(value) => edit({ topic: value })} />
        <TextArea label="Payload" rows={3} value={payload} onChange={(value) => edit({ payload: value })} />
        <div class="inline one-line">
          <Choice label="QoS" value={qos} options={QOS} onChange={(value) => edit({ qos: value })} />
          <NumberField label="Times" range={[1, MOST_TIMES]} value={times} onChange={(value) => edit({ times: value })} />
          <Check label="Retain" checked={retain} onChange={(checked) => edit({ retain: checked })} />
          <button class="primary" disabled={connection.value === undefined || isBusy.value}>
            Publish
          </button>
        </div>
        <details>
          <summary>MQTT 5 properties{filled > 0 && <span class="count">{filled}</span>}</summary>
          <PropertiesFields value={properties} onChange={(value) => edit({ properties: value })} />
        </details>
      </form>
      <p class={outcome.value.isFailed ? 'outcome failed' : 'outcome'} role="status" id="publish-outcome">
        {outcome.value.text}
      </p>
      <OutboxNote />
    </section>
  )
}

function OutboxNote() {
  const { messages = 0, oldest } = stored.value ?? {}
  if (messages === 0) return null
  return (
    <p class="outcome" id="outbox">
      {plural(messages, 'message')} {messages === 1 ? 'waits' : 'wait'} in the outbox
      {oldest !== undefined && `, the oldest since ${time(oldest)}`}.
    </p>
  )
}
