// node tests/paho/show.mjs [paho|ours|strict] [part of a name]: prints what is recorded.
import { loadOurs, loadPaho } from './support/libraries.mjs'
import { play, scenarios } from './scenarios/index.mjs'

const [which = 'paho', part = ''] = process.argv.slice(2)
for (const scenario of scenarios.filter(({ theme, name }) => `${theme}: ${name}`.includes(part))) {
  console.log(`\n== ${scenario.theme}: ${scenario.name}`)
  const { events, wire, storage, frames } = await play(scenario, which === 'paho' ? loadPaho : loadOurs, which === 'strict')
  console.log([...events, ...wire.map((line) => `> ${line}`), ...storage, `${frames} frames`].join('\n'))
}
console.log(`\n${scenarios.length} scenarios`)
