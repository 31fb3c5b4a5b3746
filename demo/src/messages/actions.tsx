// What can be done with a message: publish it again, and copy it.
import { useSignal } from '@preact/signals'
import type { MessageProperties } from 'websocket-mq/webapp/wasm'
import { connection } from '../connection/link.js'
import { commandOf } from '../publish/command.js'
import { edit } from '../publish/draft.js'
import { fieldsOf } from '../publish/properties.js'
import { settings } from '../store/settings.js'
import { view } from '../store/view.js'
import { isNarrow } from '../ui/media.js'
import { asJson, textOf } from './payload.js'
import type { Content } from './shown.js'

export function MessageActions({ content }: { content: Content }) {
  const outcome = useSignal('')
  const copy = async (what: string, text: string) => {
    try {
      await navigator.clipboard.writeText(text)
      outcome.value = `Copied the ${what}.`
    } catch {
      outcome.value = `This browser does not let the page copy the ${what}.`
    }
  }
  const uri = connection.value?.uri ?? new URL(settings.value.address, location.href.replace(/^http/, 'ws')).href
  return (
    <div class="inline message-actions">
      <button type="button" onClick={() => fillForm(content)}>
        Use in form
      </button>
      <button type="button" onClick={() => void copy('payload', asJson(content.bytes))}>
        Copy payload
      </button>
      <button
        type="button"
        title="A line for the shell that publishes this message"
        onClick={() => void copy('command', commandOf(content, uri, settings.value.username))}
      >
        Copy command
      </button>
      <span class="outcome" role="status">
        {outcome.value}
      </span>
    </div>
  )
}

function fillForm({ topic, bytes, qos, retain, properties }: Content): void {
  edit({ topic, payload: textOf(bytes), qos, retain, times: 1, properties: fieldsOf(properties as MessageProperties) })
  if (isNarrow.peek()) view.value = 'publish'
}
