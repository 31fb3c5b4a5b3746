// node tests/paho/show-differences.mjs [strict|default] [part of a name]: differences that are not listed.
import { compare } from './support/differential.mjs'
import { scenarios } from './scenarios/index.mjs'

const [which = 'strict', part = ''] = process.argv.slice(2)
let count = 0
for (const scenario of scenarios.filter(({ theme, name }) => `${theme}: ${name}`.includes(part))) {
  try {
    const { found, intended } = await compare(scenario, which === 'strict')
    if (found.join('\n') === intended.join('\n')) continue
    count++
    console.log(`\n== ${scenario.theme}: ${scenario.name}\n${found.join('\n')}`)
    if (intended.length > 0) console.log(`   but listed is\n${intended.join('\n')}`)
  } catch (thrown) {
    count++
    console.log(`\n== ${scenario.theme}: ${scenario.name}\n${/** @type {Error} */ (thrown).stack}`)
  }
}
console.log(`\n${count} of ${scenarios.length} scenarios differ`)
