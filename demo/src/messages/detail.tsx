// One message in full.
import { signal } from '@preact/signals'
import { topic, view } from '../store/view.js'
import { Segments } from '../ui/fields.js'
import { Icon } from '../ui/icon.js'
import { size, time } from '../ui/text.js'
import { MessageActions } from './actions.js'
import { asHex, asJson, asText } from './payload.js'
import type { Shown } from './shown.js'

const FORMS = [
  ['json', 'JSON'],
  ['text', 'Text'],
  ['hex', 'Hex'],
] as const

export const form = signal<(typeof FORMS)[number][0]>('json')

export function payloadIn(chosen: typeof form.value, bytes: Uint8Array): string {
  if (bytes.length === 0) return 'empty'
  return { json: asJson, text: asText, hex: asHex }[chosen](bytes)
}

export function FormChoice() {
  return <Segments label="Show the payload as" value={form.value} options={FORMS} onChange={(chosen) => (form.value = chosen)} />
}

export function MessageDetail({ shown: { id, content, at }, onClose }: { shown: Shown; onClose: () => void }) {
  const facts = [
    ['Arrived', time(at)],
    ['QoS', String(content.qos)],
    ['Retained', content.retain ? 'yes' : 'no'],
    ['Size', size(content.bytes.length)],
    ...(content.duplicate ? [['Duplicate', 'yes']] : []),
    ...factsOf(content.properties),
  ] as [string, string][]
  return (
    <article class="detail-pane" aria-label="Chosen message">
      <header>
        <h3>{content.topic}</h3>
        <FormChoice />
        <button
          type="button"
          onClick={() => {
            topic.value = content.topic
            view.value = 'topics'
          }}
        >
          Topic
        </button>
        <button type="button" class="plain" aria-label="Close" onClick={onClose}>
          <Icon name="close" />
        </button>
      </header>
      <Facts facts={facts} />
      <MessageActions key={id} content={content} />
      <pre class="payload-full" tabIndex={0} aria-label="Payload">
        {payloadIn(form.value, content.bytes)}
      </pre>
    </article>
  )
}

export function Facts({ facts }: { facts: readonly (readonly [string, string])[] }) {
  return (
    <dl class="facts">
      {facts.map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  )
}

/** MQTT 5 properties, by names with spaces: `contentType` is "Content type". */
export function factsOf(properties: object): [string, string][] {
  // Of the package's own numbering.
  const named = Object.entries(properties).filter(([name]) => name !== 'subscriptionIdentifier')
  return named.map(([name, value]) => {
    const words = name.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`)
    return [
      words.charAt(0).toUpperCase() + words.slice(1),
      value instanceof Uint8Array ? asText(value) : typeof value === 'object' ? JSON.stringify(value) : String(value),
    ]
  })
}
