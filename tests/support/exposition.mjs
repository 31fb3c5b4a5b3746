// Reads metrics as Prometheus does, strictly: text exposition format 0.0.4
// (https://prometheus.io/docs/instrumenting/exposition_formats/). Throws where a line is not as the format says.
import assert from 'node:assert/strict'

/**
 * @typedef {{ name: string, labels: Record<string, string>, value: number }} Sample
 * @typedef {{ type: string, help: string, samples: Sample[] }} Family
 */

const NAME = /^[a-zA-Z_:][a-zA-Z0-9_:]*/
const LABEL = /^[a-zA-Z_][a-zA-Z0-9_]*/
const TYPES = ['counter', 'gauge', 'histogram', 'summary', 'untyped']
/** @type {Record<string, string>} */
const ESCAPED = { '\\': '\\', '"': '"', n: '\n' }

/** @param {string} text @returns {Map<string, Family>} by the name of the metric */
export function parseExposition(text) {
  assert.ok(text.endsWith('\n'), 'the last line ends with a line feed')
  assert.ok(!text.includes('\r'), 'lines end with a line feed alone')
  /** @type {Map<string, Family>} */
  const families = new Map()
  /** @type {string | undefined} */
  let current
  for (const line of text.slice(0, -1).split('\n')) {
    const [, kind, name = '', rest = ''] = /^# (HELP|TYPE) ([^ ]+) ?(.*)$/.exec(line) ?? []
    if (kind === 'HELP') {
      assert.ok(!families.has(name), `${name} has one HELP, before its TYPE, and all its lines stand together`)
      families.set(name, { type: '', help: unescape(rest, false), samples: [] })
      current = name
    } else if (kind === 'TYPE') {
      assert.equal(name, current, `${line} follows its HELP`)
      const family = /** @type {Family} */ (families.get(name))
      assert.equal(family.type, '', `${name} has one TYPE`)
      assert.ok(TYPES.includes(rest), line)
      family.type = rest
    } else {
      const sample = parseSample(line)
      const family = families.get(current ?? '')
      assert.ok(family?.type, `${line} follows a TYPE`)
      const suffixes = family.type === 'histogram' ? ['_bucket', '_sum', '_count'] : ['']
      assert.ok(
        suffixes.some((suffix) => sample.name === current + suffix),
        `${line} belongs to ${current}`,
      )
      family.samples.push(sample)
    }
  }
  for (const [name, family] of families) check(name, family)
  return families
}

/** @param {string} line @returns {Sample} */
function parseSample(line) {
  const [name = ''] = NAME.exec(line) ?? []
  assert.ok(name, line)
  let at = name.length
  /** @type {Record<string, string>} */
  const labels = {}
  if (line[at] === '{') {
    for (at++; line[at] !== '}';) {
      const [label = ''] = LABEL.exec(line.slice(at)) ?? []
      assert.ok(label && !(label in labels) && line.startsWith('="', at + label.length), `${line}, at ${at}`)
      const start = (at += label.length + 2)
      while (line[at] !== '"') {
        assert.ok(at < line.length, `${line}: a value of a label ends`)
        at += line[at] === '\\' ? 2 : 1
      }
      labels[label] = unescape(line.slice(start, at++), true)
      if (line[at] === ',') at++
      else assert.equal(line[at], '}', line)
    }
    at++
  }
  const [, number = ''] = /^ ([^ ]+)$/.exec(line.slice(at)) ?? []
  assert.match(number, /^([+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?|[+-]Inf|NaN)$/, line)
  return { name, labels, value: Number(number.replace('Inf', 'Infinity')) }
}

/** @param {string} text @param {boolean} isQuoted */
function unescape(text, isQuoted) {
  return text.replaceAll(/\\(.?)|"/g, (all, escaped) => {
    if (all === '"') {
      assert.ok(!isQuoted, `${text}: quotes are escaped`)
      return all
    }
    const character = escaped === '"' && !isQuoted ? undefined : ESCAPED[escaped]
    assert.ok(character, `${text}: ${all} is no escape`)
    return character
  })
}

/** @param {string} name @param {Family} family */
function check(name, { type, samples }) {
  assert.ok(type && samples.length > 0, `${name} has a TYPE and samples`)
  const keys = samples.map((each) => each.name + JSON.stringify(Object.entries(each.labels).sort()))
  assert.equal(new Set(keys).size, keys.length, `${name}: no sample comes twice`)
  if (type === 'counter') assert.ok(name.endsWith('_total') && samples.every(({ value }) => value >= 0), name)
  if (type === 'histogram') for (const buckets of series(samples).values()) checkHistogram(name, buckets)
}

/** By their labels without `le`. @param {Sample[]} samples */
function series(samples) {
  /** @type {Map<string, Sample[]>} */
  const all = new Map()
  for (const sample of samples) all.set(keyOf(sample), [...(all.get(keyOf(sample)) ?? []), sample])
  return all
}

/** @param {Sample} sample */
function keyOf({ labels: { le: _, ...others } }) {
  return JSON.stringify(Object.entries(others).sort())
}

/** @param {string} name @param {Sample[]} samples */
function checkHistogram(name, samples) {
  const of = (/** @type {string} */ suffix) => samples.filter((each) => each.name === name + suffix)
  const bounds = of('_bucket').map(({ labels: { le = '' } }) => Number(le.replace('Inf', 'Infinity')))
  const counts = of('_bucket').map(({ value }) => value)
  const isRising = (/** @type {number[]} */ values, /** @type {number} */ least) =>
    values.every((value, i) => i === 0 || value - values[i - 1] >= least)
  assert.ok(isRising(bounds, Number.MIN_VALUE), `${name}: bounds rise: ${bounds}`)
  assert.ok(isRising(counts, 0), `${name}: buckets are cumulative: ${counts}`)
  assert.equal(bounds.at(-1), Infinity, name)
  assert.deepEqual([of('_sum').length, of('_count').map(({ value }) => value)], [1, [counts.at(-1)]], name)
}

/** The value of a sample. @param {Map<string, Family>} families @param {string} name @param {Record<string, string>} [labels] that it has, among others */
export function valueOf(families, name, labels = {}) {
  const family = families.get(name.replace(/_(bucket|sum|count)$/, '')) ?? families.get(name)
  const found = family?.samples.filter(
    (each) => each.name === name && Object.entries(labels).every(([label, value]) => each.labels[label] === value),
  )
  assert.ok(found === undefined || found.length <= 1, `${name} ${JSON.stringify(labels)} is one sample`)
  return found?.[0]?.value
}
