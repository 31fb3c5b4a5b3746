// The tree as the rows of a list: what is open, or what fits the search.
import { type Matcher, matcherOf } from '../messages/query.js'
import { type TreeItem } from '../ui/tree-keys.js'
import { type TopicNode, type TopicTree } from './tree.js'

export interface TreeRow extends TreeItem {
  readonly node: TopicNode
}

/** Computed again only if something that it depends on has changed: a value that is another does not. */
export class TreeRows {
  #of: readonly unknown[] = []
  #rows: readonly TreeRow[] = []

  /** @param open levels that are open @param folded of what fits the search, the levels that are not */
  of(tree: TopicTree, open: ReadonlySet<string>, query: string, folded: ReadonlySet<string>): readonly TreeRow[] {
    const now = [tree.root, tree.shape, open, query, folded]
    if (now.some((each, index) => each !== this.#of[index])) {
      this.#of = now
      this.#rows = query === '' ? visible(tree.root, open) : found(tree.root, matcherOf(query), folded)
    }
    return this.#rows
  }
}

function visible(root: TopicNode, open: ReadonlySet<string>): TreeRow[] {
  const rows: TreeRow[] = []
  const walk = (node: TopicNode, level: number) => {
    const children = sorted(node)
    for (const [index, child] of children.entries()) {
      const isOpen = child.children.size > 0 ? open.has(child.path) : undefined
      rows.push(rowOf(child, { level, position: index + 1, siblings: children.length, isOpen }))
      if (isOpen) walk(child, level + 1)
    }
  }
  walk(root, 1)
  return rows
}

/** Topics that fit, below the levels that lead to them. */
function found(root: TopicNode, fits: Matcher, folded: ReadonlySet<string>): TreeRow[] {
  const walk = (node: TopicNode, level: number): TreeRow[] => {
    const hits = sorted(node)
      .map((child) => ({ child, below: walk(child, level + 1) }))
      .filter(({ child, below }) => below.length > 0 || (child.latest !== undefined && fits(child.latest.content)))
    return hits.flatMap(({ child, below }, index) => {
      const isOpen = below.length > 0 ? !folded.has(child.path) : undefined
      return [rowOf(child, { level, position: index + 1, siblings: hits.length, isOpen }), ...(isOpen ? below : [])]
    })
  }
  return walk(root, 1)
}

function rowOf(node: TopicNode, place: Pick<TreeRow, 'level' | 'position' | 'siblings' | 'isOpen'>): TreeRow {
  return { node, key: node.path, text: node.name, ...place }
}

const collator = new Intl.Collator(undefined, { numeric: true })

function sorted({ children }: TopicNode): TopicNode[] {
  return [...children.values()].sort((one, other) => collator.compare(one.name, other.name))
}
