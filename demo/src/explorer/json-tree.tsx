// A JSON value, level by level, with what has changed since the message before.
import { type Change, changesOf, isContainer, pathOf } from './json-diff.js'

/** Entries of one object or array that are shown. */
const MOST = 100
const DEEPEST = 20

export function JsonTree({ value, before }: { value: unknown; before: unknown }) {
  const changes = before === undefined ? new Map<string, Change>() : changesOf(before, value)
  return (
    <div class="json" tabIndex={0} role="group" aria-label="Value as JSON">
      <JsonNode name={undefined} value={value} before={before} path="" changes={changes} depth={0} />
    </div>
  )
}

interface JsonNodeProps {
  name: string | undefined
  value: unknown
  before: unknown
  path: string
  changes: ReadonlyMap<string, Change>
  depth: number
}

function JsonNode({ name, value, before, path, changes, depth }: JsonNodeProps) {
  const change = changes.get(path)
  if (!isContainer(value) || depth > DEEPEST)
    return (
      <div class="json-line" data-change={change}>
        <Key name={name} />
        <span class={`json-${value === null ? 'null' : typeof value}`}>{JSON.stringify(value)}</span>
        {change && <ChangeNote change={change} before={before} />}
      </div>
    )
  const entries = Object.entries(value)
  const earlier = isContainer(before) ? before : {}
  const removed = Object.keys(earlier).filter((key) => changes.get(pathOf(path, key)) === 'removed')
  const [opening, closing] = Array.isArray(value) ? ['[', ']'] : ['{', '}']
  return (
    <div class="json-node" data-change={change}>
      <div class="json-line">
        <Key name={name} />
        {opening}
        {entries.length === 0 && closing}
      </div>
      <div class="json-level">
        {entries.slice(0, MOST).map(([key, inner]) => (
          <JsonNode key={key} name={key} value={inner} before={earlier[key]} path={pathOf(path, key)} changes={changes} depth={depth + 1} />
        ))}
        {entries.length > MOST && <div class="json-line quiet">… {entries.length - MOST} more</div>}
        {removed.map((key) => (
          <div key={key} class="json-line" data-change="removed">
            <Key name={key} />
            <del>{JSON.stringify(earlier[key])}</del> <ChangeNote change="removed" before={undefined} />
          </div>
        ))}
      </div>
      {entries.length > 0 && <div class="json-line">{closing}</div>}
    </div>
  )
}

function Key({ name }: { name: string | undefined }) {
  return name === undefined ? null : <span class="json-key">{name}: </span>
}

function ChangeNote({ change, before }: { change: Change; before: unknown }) {
  return (
    <span class="change">
      {change === 'changed' && before !== undefined && !isContainer(before) ? `was ${JSON.stringify(before)}` : change}
    </span>
  )
}
