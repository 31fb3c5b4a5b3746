// The messages that arrive, the newest first, and one of them in full.
import { signal } from '@preact/signals'
import { isConnected } from '../connection/link.js'
import { tree } from '../explorer/tree.js'
import { isBusy, publishDraft } from '../publish/draft.js'
import { query, view } from '../store/view.js'
import { Heading } from '../ui/fields.js'
import { Icon } from '../ui/icon.js'
import { isNarrow } from '../ui/media.js'
import { Spark } from '../ui/spark.js'
import { number, plural, size, time } from '../ui/text.js'
import { VirtualList } from '../ui/virtual-list.js'
import { MessageDetail } from './detail.js'
import { log, rates } from './log.js'
import { preview } from './payload.js'
import type { Shown } from './shown.js'
import { entries } from './subscriptions.js'
import { MessageWindow } from './window.js'

const shownMessages = new MessageWindow(log)
const isPaused = signal(false)
const selected = signal<Shown | undefined>(undefined)

export function MessagesView() {
  void log.changes.version
  shownMessages.search(query.value)
  shownMessages.update()
  const chosen = selected.value
  return (
    <section class="panel view messages" aria-labelledby="messages-title">
      <Heading id="messages-title" text="Messages">
        <Rate />
      </Heading>
      <div class="toolbar">
        <Search label="Search messages" placeholder={isNarrow.value ? 'Topic or text' : 'Topic, filter, text, /regex/ or $.path > 20'} />
        <button type="button" aria-pressed={isPaused.value} onClick={() => shownMessages.pause((isPaused.value = !isPaused.value))}>
          {isPaused.value ? 'Go on' : 'Pause'}
        </button>
        <button
          type="button"
          onClick={() => {
            log.clear()
            selected.value = undefined
          }}
        >
          Clear
        </button>
      </div>
      {isPaused.value && <p class="outcome">Paused. {plural(shownMessages.waiting, 'new message')}.</p>}
      {shownMessages.rows.length === 0 && <Nothing />}
      <VirtualList
        class="message-list"
        rows={shownMessages.rows}
        rowHeight={isNarrow.value ? 56 : 46}
        label="Messages that arrived, the newest first"
        keyOf={({ id }) => id}
      >
        {(shown) => <MessageRow shown={shown} isChosen={shown === chosen} />}
      </VirtualList>
      {chosen && <MessageDetail shown={chosen} onClose={() => (selected.value = undefined)} />}
    </section>
  )
}

/** What to do, for who is new. */
function Nothing() {
  void tree.changes.version
  if (query.value !== '' && log.length > 0) return <p class="empty">No message fits the search.</p>
  if (!isConnected.value) return <p class="empty">Nothing yet: there is no connection.</p>
  const filters = entries.value.map(({ filter }) => filter)
  return (
    <div class="empty">
      <p>
        {filters.length === 0
          ? 'Subscribe to something to see messages.'
          : `Nothing yet on ${filters.slice(0, 3).join(', ')}. Publish something, or open this page in a second tab.`}
      </p>
      <div class="actions">
        <button type="button" disabled={isBusy.value} onClick={() => void publishDraft()}>
          Publish what the form has
        </button>
        {tree.size > 0 && (
          <button type="button" onClick={() => (view.value = 'topics')}>
            Explore {plural(tree.size, 'topic')}
          </button>
        )}
      </div>
    </div>
  )
}

function Rate() {
  const rate = rates.value.at(-1) ?? 0
  return (
    <p class="rate">
      <Spark values={rates.value} most={60} label={`Messages a second over the last minute, now ${rate}`} />
      <span>
        <strong id="rate">{number(rate)}</strong> /s · <strong id="total">{number(log.total)}</strong> in all
      </span>
    </p>
  )
}

export function Search({ label, placeholder }: { label: string; placeholder: string }) {
  return (
    <label class="search">
      <Icon name="search" />
      <span class="hidden">{label}</span>
      <input
        type="search"
        value={query}
        placeholder={placeholder}
        onInput={(event) => (query.value = event.currentTarget.value)}
        spellcheck={false}
      />
    </label>
  )
}

function MessageRow({ shown, isChosen }: { shown: Shown; isChosen: boolean }) {
  const { content, at, mark } = shown
  return (
    <button
      type="button"
      class={typeof mark === 'number' ? 'message' : 'message earlier'}
      data-mark={mark}
      aria-pressed={isChosen}
      onClick={() => (selected.value = isChosen ? undefined : shown)}
    >
      <span class="line-one">
        <span class="topic">{content.topic}</span>
        {content.retain && <span class="badge strong">retained</span>}
        {content.qos > 0 && <span class="badge">QoS {content.qos}</span>}
        {typeof mark === 'string' && <span class="badge strong">{mark}</span>}
        <span class="detail">{size(content.bytes.length)}</span>
        <time dateTime={new Date(at).toISOString()}>{time(at)}</time>
      </span>
      <span class="payload">{preview(content.bytes)}</span>
    </button>
  )
}
