// The filters that are subscribed to.
import { useSignal } from '@preact/signals'
import { Choice, Heading, QOS, TextField } from '../ui/fields.js'
import { Icon } from '../ui/icon.js'
import { number } from '../ui/text.js'
import { add, counts, entries, type Entry, outcome, type Qos, remove } from './subscriptions.js'

export function SubscriptionsPanel() {
  return (
    <section class="panel subscriptions" aria-labelledby="subscribe-title">
      <Heading id="subscribe-title" text="Subscriptions" />
      <SubscribeForm />
      {outcome.value && (
        <p class="outcome failed" role="status">
          {outcome.value}
        </p>
      )}
      <List />
    </section>
  )
}

function SubscribeForm() {
  const filter = useSignal('')
  const qos = useSignal<Qos>(1)
  const submit = (event: Event) => {
    event.preventDefault()
    if (add(filter.value, qos.value)) filter.value = ''
  }
  return (
    <form class="inline" onSubmit={submit}>
      <TextField
        label="Topic filter"
        code
        required
        value={filter.value}
        placeholder="lab/+room/#"
        onChange={(value) => (filter.value = value)}
      />
      <Choice label="QoS" value={qos.value} options={QOS} onChange={(value) => (qos.value = value)} />
      <button>Subscribe</button>
    </form>
  )
}

function List() {
  void counts.version
  return (
    <ul class="subscription-list" aria-labelledby="subscribe-title">
      {entries.value.map((entry) => (
        <Row key={entry.filter} entry={entry} />
      ))}
    </ul>
  )
}

const states = { off: 'not connected', waiting: 'waiting …', granted: '', refused: 'refused' }

function Row({ entry }: { entry: Entry }) {
  const { filter, mark, state, detail, count } = entry
  return (
    <li class={state === 'refused' ? 'refused' : ''} data-mark={mark} title={state === 'refused' ? detail : undefined}>
      <span class="swatch" aria-hidden="true" />
      <code>{filter}</code>
      <span class="detail">{state === 'granted' ? detail : states[state]}</span>
      <span class="count">{count > 0 ? number(count) : ''}</span>
      <button type="button" class="plain" aria-label={`Unsubscribe from ${filter}`} onClick={() => remove(entry)}>
        <Icon name="close" />
      </button>
    </li>
  )
}
