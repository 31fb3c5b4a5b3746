// The parts of the page: beside one another where there is room, else one view at a time (style/layout.css).
import type { ComponentType } from 'preact'
import { CallsView } from './calls/view.js'
import { notice, status } from './connection/link.js'
import { ConnectionView } from './connection/view.js'
import { ExplorerView } from './explorer/view.js'
import { Header } from './header.js'
import { SubscriptionsPanel } from './messages/subscriptions-panel.js'
import { MessagesView } from './messages/view.js'
import { PacketsView } from './packets/view.js'
import { DevicesPanel, PeoplePanel, ServicesPanel } from './people/list.js'
import { PeopleView } from './people/view.js'
import { PublishPanel } from './publish/panel.js'
import { type View, view } from './store/view.js'
import { ConfirmDialog } from './ui/dialog.js'
import { Icon } from './ui/icon.js'
import { isNarrow } from './ui/media.js'

const TABS: readonly (readonly [view: View, text: string])[] = [
  ['messages', 'Messages'],
  ['topics', 'Topics'],
  ['people', 'People'],
  ['services', 'Services'],
  ['packets', 'Packets'],
  ['publish', 'Publish'],
]

const VIEWS: Partial<Record<View, ComponentType>> = {
  messages: MessagesView,
  topics: ExplorerView,
  people: PeopleView,
  services: CallsView,
  packets: PacketsView,
  connection: ConnectionView,
}

/** Of narrow windows: others have it beside each view. */
function SendView() {
  return (
    <div class="view send">
      <PublishPanel />
      <SubscriptionsPanel />
    </div>
  )
}

export function App() {
  const Shown = isNarrow.value && view.value === 'publish' ? SendView : (VIEWS[view.value] ?? MessagesView)
  return (
    <div class="app" data-view={view.value}>
      <a class="skip" href="#main">
        Skip to the content
      </a>
      <Header />
      <p class="notice" role="alert" id="notice" data-state={status.value.state} hidden={notice.value === ''}>
        {notice.value}
      </p>
      <aside class="around" aria-label="Who and what is here">
        <PeoplePanel />
        <ServicesPanel />
        <DevicesPanel />
      </aside>
      <nav class="tabs" aria-label="Views">
        {TABS.map(([name, text]) => (
          <button
            key={name}
            type="button"
            data-tab={name}
            aria-current={view.value === name ? 'page' : undefined}
            onClick={() => (view.value = name)}
          >
            <Icon name={name as 'messages'} />
            <span>{text}</span>
          </button>
        ))}
      </nav>
      <main id="main" tabIndex={-1}>
        <Shown />
      </main>
      {!isNarrow.value && (
        <aside class="send" aria-label="Publish and subscribe">
          <PublishPanel />
          <SubscriptionsPanel />
        </aside>
      )}
      <ConfirmDialog />
    </div>
  )
}
