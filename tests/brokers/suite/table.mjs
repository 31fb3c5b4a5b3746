// The matrix: a row for each thing measured, a column for each broker.

/**
 * @typedef {object} Column
 * @property {string} name
 * @property {string} [version]
 * @property {import('./run.mjs').Results} [results]
 * @property {string} [absent] why there are none
 */

/** What both versions of MQTT found, as one cell. @param {{ [version: string]: string } | undefined} values */
export function cell(values) {
  if (!values) return ''
  const all = Object.entries(values)
  // One that the broker does not speak says nothing beside one that it does.
  const spoken = all.filter(([, value]) => !value.startsWith('not tried (no MQTT'))
  const told = spoken.length > 0 ? spoken : all
  const [first] = told
  if (first && told.every(([, value]) => value === first[1])) return first[1]
  // JavaScript puts a name that is a number first.
  return told
    .toSorted(([one], [other]) => Number.parseFloat(one) - Number.parseFloat(other))
    .map(([version, value]) => `${version}: ${value}`)
    .join('; ')
}

/** @param {Column[]} columns @returns {string[][]} the head first */
function grid(columns) {
  const rows = [...new Set(columns.flatMap(({ results }) => Object.keys(results ?? {})))]
  return [
    ['', ...columns.map(({ name, version }) => (version ? `${name} ${version}` : name))],
    ...(rows.length > 0 ? rows : ['versions of MQTT']).map((row) => [
      row,
      ...columns.map(({ results, absent }) => absent ?? cell(results?.[row])),
    ]),
  ]
}

/** @param {string} text */
const escaped = (text) => text.replaceAll('|', '\\|')

/** @param {Column[]} columns */
export function markdown(columns) {
  const [head = [], ...rows] = grid(columns)
  return [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.map(escaped).join(' | ')} |\n`).join('')
}

const widest = 44 // of a column, where people read it

/** In columns, with long cells on several lines. @param {Column[]} columns */
export function text(columns) {
  const wrapped = grid(columns).map((cells) => cells.map(wrap))
  const widths = (wrapped[0] ?? []).map((_, column) =>
    Math.max(...wrapped.flatMap((cells) => (cells[column] ?? ['']).map((line) => line.length))),
  )
  const lines = wrapped.flatMap((cells) =>
    Array.from({ length: Math.max(...cells.map((each) => each.length)) }, (_, line) =>
      cells
        .map((each, column) => (each[line] ?? '').padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    ),
  )
  return `${lines.join('\n')}\n`
}

/** @param {string} cell @returns {string[]} */
function wrap(cell) {
  const lines = ['']
  for (const word of cell.split(' ')) {
    const line = lines.at(-1) ?? ''
    if (line === '') lines[lines.length - 1] = word
    else if (line.length + 1 + word.length <= widest) lines[lines.length - 1] = `${line} ${word}`
    else lines.push(word)
  }
  return lines
}
