// A list of any length, of which only the rows that can be seen are elements. All rows have the same height.
import type { ComponentChildren, TargetedKeyboardEvent } from 'preact'
import { useVisibleRows } from './visible-rows.js'

interface VirtualListProps<Row> {
  rows: readonly Row[]
  /** Pixels. */
  rowHeight: number
  label: string
  keyOf: (row: Row) => string | number
  children: (row: Row) => ComponentChildren
  class?: string
}

export function VirtualList<Row>({ rows, rowHeight, label, keyOf, children, class: className = '' }: VirtualListProps<Row>) {
  const { ref, first, end, onScroll } = useVisibleRows<HTMLUListElement, Row>(rows, rowHeight, keyOf)
  const onKeyDown = (event: TargetedKeyboardEvent<HTMLUListElement>) => moveFocus(event, rowHeight)
  return (
    <ul
      ref={ref}
      class={`virtual ${className}`}
      aria-label={label}
      // A region that scrolls can be reached by the keyboard.
      tabIndex={rows.length > 0 ? 0 : -1}
      onScroll={onScroll}
      onKeyDown={onKeyDown}
    >
      {rows.slice(first, end).map((row, index) => (
        <li
          key={keyOf(row)}
          style={{
            height: `${rowHeight}px`,
            // The first and the last one stand for those that are no elements.
            marginTop: index === 0 ? `${first * rowHeight}px` : '',
            marginBottom: first + index === end - 1 ? `${(rows.length - end) * rowHeight}px` : '',
          }}
          aria-setsize={rows.length}
          aria-posinset={first + index + 1}
        >
          {children(row)}
        </li>
      ))}
    </ul>
  )
}

/** The arrow keys go from row to row. */
function moveFocus(event: TargetedKeyboardEvent<HTMLUListElement>, rowHeight: number): void {
  const step = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0
  if (step === 0) return
  const list = event.currentTarget
  const row = document.activeElement?.closest('li')
  const next = row === null || row === undefined ? list.querySelector('li') : step > 0 ? row.nextElementSibling : row.previousElementSibling
  const button = next?.querySelector<HTMLElement>('button')
  if (!button || !list.contains(button)) return
  event.preventDefault()
  button.focus({ preventScroll: true })
  const [top, bottom] = [button.getBoundingClientRect().top, button.getBoundingClientRect().bottom]
  const box = list.getBoundingClientRect()
  if (top < box.top) list.scrollTop -= rowHeight
  else if (bottom > box.bottom) list.scrollTop += rowHeight
}
