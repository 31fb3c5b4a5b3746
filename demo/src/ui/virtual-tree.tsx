// A tree of any size, as its visible rows: only those that can be seen are elements, and the one that has the focus.
import type { ComponentChildren, TargetedKeyboardEvent } from 'preact'
import { useLayoutEffect, useRef, useState } from 'preact/hooks'
import { type TreeAction, type TreeItem, TreeKeys } from './tree-keys.js'
import { useVisibleRows } from './visible-rows.js'

interface VirtualTreeProps<Row extends TreeItem> {
  rows: readonly Row[]
  /** Pixels. */
  rowHeight: number
  label: string
  /** The key of the row that is chosen. */
  chosen: string
  onAction: (action: Exclude<TreeAction['do'], 'move'>, row: Row) => void
  /** What a screen reader says. */
  nameOf: (row: Row) => string
  children: (row: Row) => ComponentChildren
}

const keyOf = ({ key }: TreeItem) => key

export function VirtualTree<Row extends TreeItem>({ rows, rowHeight, label, chosen, onAction, nameOf, children }: VirtualTreeProps<Row>) {
  const { ref, first, end, onScroll } = useVisibleRows<HTMLDivElement, Row>(rows, rowHeight, keyOf)
  const keys = useRef(new TreeKeys()).current
  // One row is in the order of the tabulator key: where the focus was last, what is chosen, or the first one.
  const [last, setLast] = useState('')
  const isMoved = useRef(false)
  const current = [last, chosen].map((key) => rows.findIndex((row) => row.key === key)).find((index) => index >= 0) ?? 0

  useLayoutEffect(() => {
    if (!isMoved.current) return
    isMoved.current = false
    const element = ref.current as HTMLDivElement
    const [top, bottom] = [current * rowHeight, (current + 1) * rowHeight]
    element.scrollTop = Math.max(bottom - element.clientHeight, Math.min(element.scrollTop, top))
    element.querySelector<HTMLElement>('[tabindex="0"]')?.focus({ preventScroll: true })
  }, [last])

  const onKeyDown = (event: TargetedKeyboardEvent<HTMLDivElement>) => {
    if (event.ctrlKey || event.altKey || event.metaKey) return
    const page = Math.max(1, Math.floor(event.currentTarget.clientHeight / rowHeight) - 1)
    const action = keys.press(event.key, rows, current, page, event.timeStamp)
    if (action === undefined) return
    event.preventDefault()
    const row = rows[action.do === 'move' ? action.to : action.at] as Row
    if (action.do !== 'move') onAction(action.do, row)
    isMoved.current = row.key !== last
    setLast(row.key)
  }
  // In the order of the rows: an element that is moved loses the focus.
  const seen = Array.from({ length: Math.max(0, end - first) }, (_, offset) => first + offset)
  const drawn = rows.length === 0 ? [] : current < first ? [current, ...seen] : current >= end ? [...seen, current] : seen
  return (
    <div ref={ref} class="virtual" role="tree" aria-label={label} tabIndex={-1} onScroll={onScroll} onKeyDown={onKeyDown}>
      <div class="all-rows" role="none" style={{ height: `${rows.length * rowHeight}px` }}>
        {drawn.map((index) => {
          const row = rows[index] as Row
          return (
            <TreeRow
              key={row.key}
              {...{ row, nameOf, children }}
              style={{ top: `${index * rowHeight}px`, height: `${rowHeight}px` }}
              isCurrent={index === current}
              isChosen={row.key === chosen}
              onFocus={() => setLast(row.key)}
              onClick={() => onAction('choose', row)}
            />
          )
        })}
      </div>
    </div>
  )
}

interface TreeRowProps<Row extends TreeItem> {
  row: Row
  nameOf: (row: Row) => string
  children: (row: Row) => ComponentChildren
  style: Record<string, string>
  isCurrent: boolean
  isChosen: boolean
  onFocus: () => void
  onClick: () => void
}

function TreeRow<Row extends TreeItem>({ row, nameOf, children, style, isCurrent, isChosen, onFocus, onClick }: TreeRowProps<Row>) {
  const element = useRef<HTMLDivElement>(null)
  // A name that changes under the focus is read out each time.
  const name = useRef('')
  if (name.current === '' || element.current !== document.activeElement) name.current = nameOf(row)
  return (
    <div
      ref={element}
      class="row tree-row"
      role="treeitem"
      aria-level={row.level}
      aria-posinset={row.position}
      aria-setsize={row.siblings}
      aria-expanded={row.isOpen}
      aria-selected={isChosen}
      tabIndex={isCurrent ? 0 : -1}
      {...{ style, onFocus, onClick }}
    >
      <span class="hidden">{name.current}</span>
      <span class="cells" aria-hidden="true">
        {children(row)}
      </span>
    </div>
  )
}
