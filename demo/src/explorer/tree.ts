// The topics that messages came on, level by level, each with its latest value.
import type { Content } from '../messages/shown.js'
import { Changes } from '../ui/changes.js'

/** Further topics are counted, and not shown. */
const MOST_TOPICS = 20_000

export interface Latest {
  readonly content: Content
  /** Milliseconds since 1970. */
  readonly at: number
}

export class TopicNode {
  readonly children = new Map<string, TopicNode>()
  /** Messages on this topic itself. */
  count = 0
  /** Messages on it and below it. */
  messages = 0
  /** Topics below it that have a value, itself included. */
  topics = 0
  latest: Latest | undefined
  previous: Latest | undefined
  /** Whether the broker retains its latest value, as far as it has told. */
  isRetained = false

  constructor(
    readonly name: string,
    readonly path: string,
    readonly parent: TopicNode | undefined,
  ) {}
}

export class TopicTree {
  readonly changes = new Changes()
  /** Counts the topics that have appeared or gone: the shape is another. */
  shape = 0
  /** Messages on topics that are too many. */
  leftOut = 0
  root = new TopicNode('', '', undefined)
  readonly #byTopic = new Map<string, TopicNode>()
  #listener: ((node: TopicNode) => void) | undefined

  get size(): number {
    return this.root.topics
  }

  find(topic: string): TopicNode | undefined {
    return this.#byTopic.get(topic)
  }

  /** All that have had a message, in the order in which they appeared. */
  list(): TopicNode[] {
    return [...this.#byTopic.values()]
  }

  /** Is told of each message. */
  onMessage(listener: (node: TopicNode) => void): void {
    this.#listener = listener
  }

  add(contents: readonly Content[], at = Date.now()): void {
    for (const content of contents) {
      const node = this.#byTopic.get(content.topic) ?? this.#grow(content.topic)
      if (node === undefined) {
        this.leftOut++
        continue
      }
      if (node.latest === undefined) this.#appeared(node)
      this.#count(node, 1)
      node.previous = node.latest
      node.latest = { content, at }
      // An empty payload removes what was retained [MQTT-3.3.1-6]; a message that was not retained changes nothing.
      if (content.retain) node.isRetained = content.bytes.length > 0
      this.#listener?.(node)
    }
    this.changes.touch()
  }

  /** The latest message of before the page was loaded again, and how many there were. What is retained, the broker tells. */
  restore(latest: Latest, count: number): void {
    const node = this.#grow(latest.content.topic)
    if (node === undefined) return
    this.#appeared(node)
    this.#count(node, count)
    node.latest = latest
    this.changes.touch()
  }

  /** Those at and below a topic that are retained. */
  retainedBelow(node: TopicNode): TopicNode[] {
    return [...(node.isRetained ? [node] : []), ...[...node.children.values()].flatMap((child) => this.retainedBelow(child))]
  }

  clear(): void {
    this.root = new TopicNode('', '', undefined)
    this.#byTopic.clear()
    this.leftOut = 0
    this.shape++
    this.changes.touch()
  }

  #grow(topic: string): TopicNode | undefined {
    if (this.#byTopic.size >= MOST_TOPICS) return undefined
    let node = this.root
    for (const [index, level] of topic.split('/').entries()) {
      let child = node.children.get(level)
      if (child === undefined) {
        child = new TopicNode(level, index === 0 ? level : `${node.path}/${level}`, node)
        node.children.set(level, child)
      }
      node = child
    }
    this.#byTopic.set(topic, node)
    return node
  }

  #count(node: TopicNode, messages: number): void {
    node.count += messages
    for (let each: TopicNode | undefined = node; each !== undefined; each = each.parent) each.messages += messages
  }

  #appeared(node: TopicNode): void {
    this.shape++
    for (let each: TopicNode | undefined = node; each !== undefined; each = each.parent) each.topics++
  }
}

export const tree = new TopicTree()
