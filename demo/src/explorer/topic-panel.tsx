// One topic: its latest value in every form, its numbers over time, and what can be done with it.
import { signal } from '@preact/signals'
import { useEffect } from 'preact/hooks'
import { connection, isConnected } from '../connection/link.js'
import { Facts, factsOf, form, FormChoice, payloadIn } from '../messages/detail.js'
import { jsonOf } from '../messages/payload.js'
import { edit } from '../publish/draft.js'
import { topic, view } from '../store/view.js'
import { confirmed } from '../ui/dialog.js'
import { Icon } from '../ui/icon.js'
import { isNarrow } from '../ui/media.js'
import { number, plural, sentence, size, time } from '../ui/text.js'
import { Chart } from './chart.js'
import { JsonTree } from './json-tree.js'
import { follow, points } from './series.js'
import { tree, type TopicNode } from './tree.js'

/** The path of the number that is drawn, in whichever topic has it. */
const field = signal('')
const problem = signal('')

export function TopicPanel({ path }: { path: string }) {
  useEffect(() => {
    problem.value = ''
    follow(path)
  }, [path])
  const node = tree.find(path)
  return (
    <article class="topic-panel" aria-label={`Topic ${path}`}>
      <header>
        <h3>{path}</h3>
        <button type="button" class="plain" aria-label="Close the topic" onClick={() => (topic.value = '')}>
          <Icon name="close" />
        </button>
      </header>
      {node?.latest === undefined ? <p class="quiet">No message has come on this topic yet.</p> : <Value node={node} />}
    </article>
  )
}

function Value({ node }: { node: TopicNode }) {
  // The node is the same at each message: what is in it is another.
  void tree.changes.version
  const { content, at } = node.latest as NonNullable<TopicNode['latest']>
  const value = form.value === 'json' ? jsonOf(content.bytes) : undefined
  const facts: [string, string][] = [
    ['Latest', time(at)],
    ['Messages', number(node.count)],
    ['QoS', String(content.qos)],
    ['Retained', node.isRetained ? 'yes' : 'no'],
    ['Size', size(content.bytes.length)],
    ...factsOf(content.properties),
  ]
  return (
    <>
      <Facts facts={facts} />
      <div class="toolbar">
        <FormChoice />
        <div class="inline end">
          <Actions node={node} />
        </div>
      </div>
      {problem.value && (
        <p class="outcome failed" role="alert">
          {problem.value}
        </p>
      )}
      {value === undefined ? (
        <pre class="payload-full" tabIndex={0} aria-label="Payload">
          {payloadIn(form.value, content.bytes)}
        </pre>
      ) : (
        <JsonTree value={value} before={node.previous && jsonOf(node.previous.content.bytes)} />
      )}
      <NumberChart />
    </>
  )
}

function Actions({ node }: { node: TopicNode }) {
  void tree.changes.version
  return (
    <>
      <button
        type="button"
        onClick={() => {
          edit({ topic: node.path })
          if (isNarrow.value) view.value = 'publish'
        }}
      >
        Publish here
      </button>
      {tree.retainedBelow(node).length > 0 && (
        <button
          type="button"
          aria-label="Clear retained"
          title="Clear what the broker retains at and below this topic"
          disabled={!isConnected.value}
          onClick={() => void clearRetained(node)}
        >
          <Icon name="pin" />
          Clear
        </button>
      )}
    </>
  )
}

/** An empty payload, retained, removes what is retained on a topic (MQTT 5.0, 3.3.1.3). */
async function clearRetained(node: TopicNode): Promise<void> {
  const all = tree.retainedBelow(node)
  const isSure = await confirmed({
    title: 'Clear retained',
    text: `The broker forgets ${plural(all.length, 'retained message')} at and below ${node.path}, for everybody. This cannot be undone.`,
    action: 'Clear',
  })
  const mq = connection.peek()
  if (!isSure || mq === undefined) return
  try {
    await Promise.all(all.map(({ path }) => mq.publish(path, '', { qos: 1, retain: true })))
    for (const each of all) each.isRetained = false
    tree.changes.touch()
  } catch (error) {
    problem.value = sentence(error)
  }
}

function NumberChart() {
  const all = points.value
  const names = [...(all.at(-1)?.numbers.keys() ?? [])]
  if (names.length === 0) return null
  const chosen = names.includes(field.value) ? field.value : (names[0] as string)
  return (
    <div class="numbers">
      <div class="chips" role="group" aria-label="Number to draw">
        {names.map((name) => (
          <button key={name} type="button" class="chip" aria-pressed={name === chosen} onClick={() => (field.value = name)}>
            {nameOf(name)}
          </button>
        ))}
      </div>
      <Chart label={nameOf(chosen)} times={all.map(({ at }) => at)} values={all.map(({ numbers }) => numbers.get(chosen) ?? null)} />
    </div>
  )
}

const nameOf = (path: string) => (path === '' ? 'value' : path.slice(1).replaceAll('~1', '/').replaceAll('~0', '~'))
