// The topic explorer: the tree, and the topic that is chosen in it.
import { effect, signal } from '@preact/signals'
import { useEffect, useMemo } from 'preact/hooks'
import { preview } from '../messages/payload.js'
import { Search } from '../messages/view.js'
import { query, topic } from '../store/view.js'
import { Heading } from '../ui/fields.js'
import { Icon } from '../ui/icon.js'
import { isNarrow } from '../ui/media.js'
import { number, plural } from '../ui/text.js'
import type { TreeAction } from '../ui/tree-keys.js'
import { VirtualTree } from '../ui/virtual-tree.js'
import { TreeRows, type TreeRow } from './rows.js'
import { TopicPanel } from './topic-panel.js'
import { tree } from './tree.js'

/** Paths of the levels that are open. */
const open = signal<ReadonlySet<string>>(new Set(['demo', 'lab']))

/** Of what is searched for, which is open otherwise: the levels that are not. */
const folded = signal<ReadonlySet<string>>(new Set())
effect(() => {
  void query.value
  folded.value = new Set()
})

function act(action: Exclude<TreeAction['do'], 'move'>, row: TreeRow, rows: readonly TreeRow[]): void {
  const { node, isOpen } = row
  if (action === 'open siblings') setOpen(siblingsOf(row, rows), true)
  else if (isOpen !== undefined) setOpen([row], action === 'choose' ? !isOpen : action === 'open')
  if (action === 'choose' && (node.latest !== undefined || isOpen === undefined)) topic.value = node.path
}

function siblingsOf({ node }: TreeRow, rows: readonly TreeRow[]): TreeRow[] {
  return rows.filter((each) => each.isOpen !== undefined && each.node.parent === node.parent)
}

function setOpen(rows: readonly TreeRow[], isOpen: boolean): void {
  const isFound = query.peek() !== ''
  const set = isFound ? folded : open
  const next = new Set(set.peek())
  for (const { key } of rows)
    if (isOpen !== isFound) next.add(key)
    else next.delete(key)
  set.value = next
}

/** Opens the levels above a topic. */
function reveal(path: string): void {
  const above = path.split('/').map((_, index, levels) => levels.slice(0, index).join('/'))
  open.value = new Set([...open.peek(), ...above])
}

export function ExplorerView() {
  void tree.changes.version
  const rows = useMemo(() => new TreeRows(), []).of(tree, open.value, query.value, folded.value)
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
        <Search label="Search topics" placeholder={isNarrow.value ? 'Topic or text' : 'Topic, filter, text, /regex/ or $.path > 20'} />
        <button type="button" onClick={() => tree.clear()}>
          Clear
        </button>
      </div>
      <div class={chosen === '' ? 'split' : 'split chosen'}>
        <div class="tree">
          {rows.length === 0 && <p class="empty">{query.value === '' ? 'No message has come yet.' : 'No topic fits the search.'}</p>}
          <VirtualTree
            rows={rows}
            rowHeight={isNarrow.value ? 44 : 30}
            label="Topics"
            chosen={chosen}
            nameOf={nameOf}
            onAction={(action, row) => act(action, row, rows)}
          >
            {(row) => <TopicRow {...row} />}
          </VirtualTree>
        </div>
        {chosen !== '' && <TopicPanel key={chosen} path={chosen} />}
      </div>
    </section>
  )
}

/** Characters of a value that are read out. */
const SPOKEN = 60

function nameOf({ node, isOpen }: TreeRow): string {
  const { latest } = node
  return [
    node.name === '' ? 'empty' : node.name,
    node.isRetained ? 'retained' : '',
    latest === undefined ? '' : preview(latest.content.bytes).slice(0, SPOKEN),
    isOpen === undefined ? '' : plural(node.topics, 'topic'),
    plural(node.messages, 'message'),
  ]
    .filter(Boolean)
    .join(', ')
}

function TopicRow({ node, level, isOpen }: TreeRow) {
  const isBranch = isOpen !== undefined
  const { latest } = node
  return (
    <>
      <span class={isBranch ? 'caret' : 'caret none'} data-open={isOpen} style={{ marginLeft: `${0.1 + (level - 1) * 1.1}rem` }}>
        <Icon name="caret" />
      </span>
      <span class="name" title={node.path}>
        {node.name === '' ? '(empty)' : node.name}
      </span>
      {node.isRetained && (
        <span class="retained" title="The broker retains this value">
          <Icon name="pin" />
        </span>
      )}
      {latest !== undefined && <span class="value">{preview(latest.content.bytes)}</span>}
      <span class="detail">{isBranch ? `${number(node.topics)} · ${number(node.messages)}` : number(node.count)}</span>
    </>
  )
}
