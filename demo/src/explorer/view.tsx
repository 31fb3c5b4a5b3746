// The topic explorer: the tree, and the topic that is chosen in it.
import { signal } from '@preact/signals'
import { useEffect, useMemo } from 'preact/hooks'
import { preview } from '../messages/payload.js'
import { Search } from '../messages/view.js'
import { query, topic } from '../store/view.js'
import { Heading } from '../ui/fields.js'
import { Icon } from '../ui/icon.js'
import { isNarrow } from '../ui/media.js'
import { number, plural } from '../ui/text.js'
import { VirtualList } from '../ui/virtual-list.js'
import { TreeRows, type TreeRow } from './rows.js'
import { TopicPanel } from './topic-panel.js'
import { tree } from './tree.js'

/** Paths of the levels that are open. */
const open = signal<ReadonlySet<string>>(new Set(['demo', 'lab']))

function toggle(path: string): void {
  const next = new Set(open.value)
  if (!next.delete(path)) next.add(path)
  open.value = next
}

/** Opens the levels above a topic. */
function reveal(path: string): void {
  const above = path.split('/').map((_, index, levels) => levels.slice(0, index).join('/'))
  open.value = new Set([...open.peek(), ...above])
}

export function ExplorerView() {
  void tree.changes.version
  const rows = useMemo(() => new TreeRows(), []).of(tree, open.value, query.value)
  const chosen = topic.value
  useEffect(() => {
    if (chosen !== '') reveal(chosen)
  }, [chosen])
  return (
    <section class="panel view explorer" aria-labelledby="topics-title">
      <Heading id="topics-title" text="Topics">
        <span class="quiet">
          {plural(tree.size, 'topic')}, {plural(tree.root.messages, 'message')}
          {tree.leftOut > 0 && `; ${number(tree.leftOut)} messages on further topics are left out`}
        </span>
      </Heading>
      <div class="toolbar">
        <Search label="Search topics" placeholder="Topic, filter or value" />
        <button type="button" onClick={() => tree.clear()}>
          Clear
        </button>
      </div>
      <div class={chosen === '' ? 'split' : 'split chosen'}>
        <div class="tree">
          {rows.length === 0 && <p class="empty">{query.value === '' ? 'No message has come yet.' : 'No topic fits the search.'}</p>}
          <VirtualList rows={rows} rowHeight={isNarrow.value ? 44 : 30} label="Topics" keyOf={({ node }) => node.path}>
            {(row) => <TopicRow {...row} isChosen={row.node.path === chosen} />}
          </VirtualList>
        </div>
        {chosen !== '' && <TopicPanel key={chosen} path={chosen} />}
      </div>
    </section>
  )
}

function TopicRow({ node, depth, isOpen, isChosen }: TreeRow & { isChosen: boolean }) {
  const isBranch = node.children.size > 0
  const { latest } = node
  return (
    <button
      type="button"
      class="row topic-row"
      aria-expanded={isBranch ? isOpen : undefined}
      aria-pressed={isBranch ? undefined : isChosen}
      data-chosen={isChosen}
      style={{ paddingLeft: `${0.5 + depth * 1.1}rem` }}
      title={node.path}
      onClick={() => {
        if (isBranch) toggle(node.path)
        if (latest !== undefined || !isBranch) topic.value = node.path
      }}
    >
      <span class={isBranch ? 'caret' : 'caret none'} data-open={isOpen}>
        <Icon name="caret" />
      </span>
      <span class="name">{node.name === '' ? '(empty)' : node.name}</span>
      {node.isRetained && (
        <span class="retained" title="The broker retains this value">
          <Icon name="pin" />
          <span class="hidden">retained</span>
        </span>
      )}
      {latest !== undefined && <span class="value">{preview(latest.content.bytes)}</span>}
      <span class="detail">{isBranch ? `${number(node.topics)} · ${number(node.messages)}` : number(node.count)}</span>
    </button>
  )
}
