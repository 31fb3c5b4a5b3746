// Rows of medians, ratios and budgets, as Markdown that reads well in a terminal too.
import { median, spread } from './statistics.mjs'

const names = {
  ours: 'ours',
  face: 'websocket-mq/paho',
  'ours-wasm': 'ours, wasm apart',
  paho: 'Paho',
  mqttjs: 'MQTT.js',
  bare: 'bare WebSocket',
  request: 'request',
  'two-trips': 'two round trips',
  'two-trips-qos0': 'two round trips, QoS 0',
  libmosquitto: 'libmosquitto',
  'paho-c': 'Paho C',
  socket: 'bare socket',
}

const metrics = {
  busy: { label: 'busy, µs a message', format: (value) => value.toPrecision(3) },
  rate: { label: 'rate, thousand a second', format: (value) => (value / 1000).toPrecision(3) },
  processor: { label: 'processor, ns a message', format: (value) => value.toPrecision(3) },
  p50: { label: 'p50, µs', format: (value) => value.toFixed(0) },
  p95: { label: 'p95, µs', format: (value) => value.toFixed(0) },
  connack: { label: 'ms', format: (value) => value.toFixed(1) },
}

/**
 * @typedef {{ metric: string, than: string, most?: number, least?: number }} Budget
 * @typedef {{ title: string, budgets: Budget[], values: Record<string, Record<string, number[]>> }} Result
 *   values: of each library, of each metric, of each round
 */

/**
 * @param {Result[]} results
 * @param {string[]} peers
 * @param {string} [subject] who is compared with the others
 */
export function comparison(results, peers, subject = 'ours') {
  const others = peers.filter((peer) => peer !== subject)
  const head = [
    '',
    'measured',
    ...peers.map((peer) => names[peer]),
    ...others.map((peer) => `${names[subject]} / ${names[peer]}`),
    'budget',
  ]
  const lines = []
  for (const { title, budgets, values } of results) {
    const measured = Object.keys(metrics).filter((metric) => peers.some((peer) => values[peer]?.[metric]))
    for (const [place, metric] of measured.entries()) {
      const of = (peer) => values[peer]?.[metric] && median(values[peer][metric])
      const ratio = (peer) => of(subject) && of(peer) && of(subject) / of(peer)
      lines.push([
        place === 0 ? title : '',
        metrics[metric].label,
        ...peers.map((peer) => cell(of(peer), metrics[metric].format)),
        ...others.map((peer) => cell(ratio(peer), formatRatio)),
        budgets
          .filter((budget) => budget.metric === metric)
          .map((budget) => verdict(budget, ratio(budget.than)))
          .join('; '),
      ])
    }
  }
  return table(head, lines)
}

/** How far each figure may be trusted (half the distance between quartiles), and how busy the other end was. */
export function spreads(results, peers) {
  const percent = (part) => `${(part * 100).toFixed(0)} %`
  const lines = results.map(({ title, values }) => [
    title,
    ...peers.map((peer) =>
      Object.entries(values[peer] ?? {})
        .map(([metric, all]) => (metric === 'otherEnd' ? `other end ${percent(median(all))} busy` : `${metric} ± ${percent(spread(all))}`))
        .join(', '),
    ),
  ])
  return table(['spread', ...peers.map((peer) => names[peer])], lines)
}

/** @param {Record<string, { raw: number, gzip: number, brotli: number, files: string[] }>} shipped */
export function sizes(shipped, budgets) {
  const kilobytes = (value) => (value / 1000).toFixed(1)
  const lines = Object.entries(shipped).map(([peer, { raw, gzip, brotli, files }]) => [
    names[peer],
    files.map((file) => file.split('/').at(-1)).join(', '),
    kilobytes(raw),
    kilobytes(gzip),
    kilobytes(brotli),
    budgets[peer] ? `≤ ${kilobytes(budgets[peer])}: ${met(brotli <= budgets[peer])}` : '',
  ])
  return table(['bytes to ship, kB', 'files', 'raw', 'gzip', 'brotli', 'budget'], lines)
}

/** @param {Record<string, { messages: number, javascript: number, wasm: number }[]>} samples */
export function memory(samples) {
  const kilobytes = (value) => (value / 1000).toFixed(0)
  const lines = Object.entries(samples).flatMap(([peer, all]) =>
    all.map(({ messages, javascript, wasm }, place) => [
      place === 0 ? names[peer] : '',
      messages.toLocaleString('en'),
      kilobytes(javascript),
      wasm ? kilobytes(wasm) : '',
      kilobytes(javascript + wasm - all[0].javascript - all[0].wasm),
    ]),
  )
  return table(['memory, kB', 'after messages', 'JavaScript', 'wasm', 'since the first line'], lines)
}

/** @param {Budget} budget @param {number | undefined} ratio */
function verdict({ than, most, least }, ratio) {
  const promise = most === undefined ? `≥ ${least} × ${names[than]}` : `≤ ${most} × ${names[than]}`
  if (ratio === undefined) return promise
  return `${promise}: ${met(most === undefined ? ratio >= least : ratio <= most)}`
}

function met(kept) {
  return kept ? 'met' : '**missed**'
}

function formatRatio(value) {
  return value >= 10 ? value.toFixed(0) : value >= 1 ? value.toFixed(1) : value.toFixed(2)
}

function cell(value, format) {
  return value === undefined ? '' : format(value)
}

/** @param {string[]} head @param {string[][]} lines */
function table(head, lines) {
  const widths = head.map((title, column) => Math.max(title.length, ...lines.map((line) => line[column].length), 3))
  const row = (cells) => `| ${cells.map((text, column) => text.padEnd(widths[column])).join(' | ')} |`
  return [row(head), row(widths.map((width) => '-'.repeat(width))), ...lines.map(row)].join('\n')
}
