// Which rows of a list of any length can be seen. All have the same height.
import { type RefObject } from 'preact'
import { useLayoutEffect, useRef, useState } from 'preact/hooks'

/** Rows above and below what can be seen. */
const MARGIN = 4

export interface VisibleRows<Element extends HTMLElement> {
  /** Of the element that scrolls. */
  ref: RefObject<Element | null>
  /** The first row that is drawn, and the one after the last. */
  first: number
  end: number
  onScroll: () => void
}

/** Who has scrolled down goes on seeing the same rows, whatever is put in front of them. */
export function useVisibleRows<Element extends HTMLElement, Row>(
  rows: readonly Row[],
  rowHeight: number,
  keyOf: (row: Row) => string | number,
): VisibleRows<Element> {
  const ref = useRef<Element>(null)
  const [height, setHeight] = useState(0)
  const [top, setTop] = useState(0)
  /** The key of the row at the top. */
  const anchor = useRef<string | number | undefined>(undefined)

  useLayoutEffect(() => {
    const element = ref.current as Element
    const observer = new ResizeObserver(() => setHeight(element.clientHeight))
    observer.observe(element)
    setHeight(element.clientHeight)
    return () => observer.disconnect()
  }, [])

  const topRow = () => Math.floor((ref.current as Element).scrollTop / rowHeight)
  const keyAt = (index: number) => (rows[index] === undefined ? undefined : keyOf(rows[index]))
  useLayoutEffect(() => {
    const element = ref.current as Element
    const before = topRow()
    if (element.scrollTop > 0 && anchor.current !== undefined && anchor.current !== keyAt(before)) {
      const now = rows.findIndex((row) => keyOf(row) === anchor.current)
      if (now >= 0) element.scrollTop += (now - before) * rowHeight
    }
    anchor.current = keyAt(topRow())
  }, [rows])

  const onScroll = () => {
    anchor.current = keyAt(topRow())
    setTop((ref.current as Element).scrollTop)
  }
  return {
    ref,
    first: Math.max(0, Math.min(Math.floor(top / rowHeight) - MARGIN, rows.length - 1)),
    end: Math.min(rows.length, Math.ceil((top + height) / rowHeight) + MARGIN),
    onScroll,
  }
}
