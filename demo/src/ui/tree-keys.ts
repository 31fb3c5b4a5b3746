// What a key does in a tree, as the tree pattern of the ARIA Authoring Practices has it.

export interface TreeItem {
  readonly key: string
  /** What is typed to get there. */
  readonly text: string
  /** 1 for the roots. */
  readonly level: number
  /** Among its siblings, from 1 on; and how many there are. */
  readonly position: number
  readonly siblings: number
  /** Undefined: nothing is below it. */
  readonly isOpen: boolean | undefined
}

export type TreeAction =
  { readonly do: 'move'; readonly to: number } | { readonly do: 'open' | 'close' | 'choose' | 'open siblings'; readonly at: number }

/** Milliseconds without a key after which typing begins anew. */
const TYPING = 800

export class TreeKeys {
  #typed = ''
  #typedAt = -Infinity

  /** Undefined: the key is nothing to the tree. @param page rows of a page @param at when, in milliseconds */
  press(key: string, rows: readonly TreeItem[], index: number, page: number, at: number): TreeAction | undefined {
    const row = rows[index]
    if (row === undefined) return undefined
    // A blank within a name is typed; else it chooses.
    const isTyping = at - this.#typedAt < TYPING
    if (key === '*') return { do: 'open siblings', at: index }
    if (key.length === 1 && (key !== ' ' || isTyping)) return this.#type(key, rows, index, at)
    this.#typedAt = -Infinity
    const to = moves[key]?.(rows, index, page)
    if (to !== undefined) return { do: 'move', to: Math.max(0, Math.min(to, rows.length - 1)) }
    if (key === 'Enter' || key === ' ') return { do: 'choose', at: index }
    if (key === 'ArrowRight') return row.isOpen === false ? { do: 'open', at: index } : inward(rows, index)
    if (key === 'ArrowLeft') return row.isOpen ? { do: 'close', at: index } : outward(rows, index)
    return undefined
  }

  /** The next row that begins with what was typed: for the same letter again, the one after. */
  #type(letter: string, rows: readonly TreeItem[], index: number, at: number): TreeAction {
    this.#typed = at - this.#typedAt < TYPING ? this.#typed + letter.toLowerCase() : letter.toLowerCase()
    this.#typedAt = at
    const isRepeated = [...this.#typed].every((each) => each === this.#typed[0])
    const wanted = isRepeated ? (this.#typed[0] as string) : this.#typed
    const start = wanted.length === 1 ? index + 1 : index
    const order = rows.map((_, offset) => (start + offset) % rows.length)
    return { do: 'move', to: order.find((each) => rows[each]?.text.toLowerCase().startsWith(wanted)) ?? index }
  }
}

const moves: Readonly<Record<string, (rows: readonly TreeItem[], index: number, page: number) => number>> = {
  ArrowDown: (_, index) => index + 1,
  ArrowUp: (_, index) => index - 1,
  PageDown: (_, index, page) => index + page,
  PageUp: (_, index, page) => index - page,
  Home: () => 0,
  End: (rows) => rows.length - 1,
}

function inward(rows: readonly TreeItem[], index: number): TreeAction | undefined {
  return rows[index]?.isOpen ? { do: 'move', to: index + 1 } : undefined
}

function outward(rows: readonly TreeItem[], index: number): TreeAction | undefined {
  const level = rows[index]?.level ?? 1
  const to = rows.findLastIndex((row, each) => each < index && row.level < level)
  return to < 0 ? undefined : { do: 'move', to }
}
