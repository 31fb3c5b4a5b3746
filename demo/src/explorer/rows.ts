// The tree as the rows of a list: what is open, or what fits the search.
import { fits } from '../messages/window.js'
import { type TopicNode, type TopicTree } from './tree.js'

export interface TreeRow {
  readonly node: TopicNode
  readonly depth: number
  readonly isOpen: boolean
}

/** Computed again only if something that it depends on has changed: a value that is another does not. */
export class TreeRows {
  #of: readonly unknown[] = []
  #rows: readonly TreeRow[] = []

  of(tree: TopicTree, open: ReadonlySet<string>, query: string): readonly TreeRow[] {
    const now = [tree.root, tree.shape, open, query]
    if (now.some((each, index) => each !== this.#of[index])) {
      this.#of = now
      this.#rows = query === '' ? visible(tree.root, open) : found(tree.root, query)
    }
    return this.#rows
  }
}

function visible(root: TopicNode, open: ReadonlySet<string>): TreeRow[] {
  const rows: TreeRow[] = []
  const walk = (node: TopicNode, depth: number) => {
    for (const child of sorted(node)) {
      const isOpen = open.has(child.path)
      rows.push({ node: child, depth, isOpen })
      if (isOpen) walk(child, depth + 1)
    }
  }
  walk(root, 0)
  return rows
}

/** Topics that fit, below the levels that lead to them. */
function found(root: TopicNode, query: string): TreeRow[] {
  const walk = (node: TopicNode, depth: number): TreeRow[] =>
    sorted(node).flatMap((child) => {
      const below = walk(child, depth + 1)
      const isHit = child.latest !== undefined && fits({ content: child.latest.content }, query)
      return isHit || below.length > 0 ? [{ node: child, depth, isOpen: below.length > 0 }, ...below] : []
    })
  return walk(root, 0)
}

const collator = new Intl.Collator(undefined, { numeric: true })

function sorted({ children }: TopicNode): TopicNode[] {
  return [...children.values()].sort((one, other) => collator.compare(one.name, other.name))
}
