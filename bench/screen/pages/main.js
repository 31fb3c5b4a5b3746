// Shows the latest value of each topic, as a dashboard does. `bench.measure` counts frames and long tasks meanwhile.
import { measure } from './measure.js'

const parameters = new URLSearchParams(location.search)
const { open } = await import(`./${parameters.get('peer')}.js`)

/** By topic: the place of its value, and of how often it changed. */
const rows = new Map()
for (let index = 0; index < Number(parameters.get('topics')); index++) {
  const row = document.createElement('p')
  const [name, value, count] = ['span', 'span', 'span'].map((tag) => document.createElement(tag))
  name.textContent = `line ${index}`
  row.append(name, value, count)
  document.body.append(row)
  rows.set(`plant/line/${index}/value`, { value, count, changes: 0 })
}

let messages = 0
/** Of one message. */
function show(topic, text) {
  const row = rows.get(topic)
  const { value, unit } = JSON.parse(text)
  row.value.textContent = `${value} ${unit}`
  row.count.textContent = String(++row.changes)
}

globalThis.bench = {
  open: (url) => open(url, parameters.get('way'), show, (count) => (messages += count)),

  measure: (milliseconds) => measure(milliseconds, () => messages),
}
