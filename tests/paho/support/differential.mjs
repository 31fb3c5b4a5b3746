// Plays a scenario with both libraries and sets the intended differences against the ones that are found.
import { always, byDefault, withStrict } from '../intended-differences.mjs'
import { differences } from './compare.mjs'
import { loadOurs, loadPaho } from './libraries.mjs'
import { play } from './registry.mjs'

/** @param {import('./registry.mjs').Scenario} scenario @param {boolean} strict */
export async function compare(scenario, strict) {
  const [paho, ours] = [await play(scenario, loadPaho), await play(scenario, loadOurs, strict)]
  const intended = intendedFor(scenario.name, strict)
  const found = differences(paho, ours)
  return { found: intended.length === found.length ? found.map((line, index) => withoutChance(line, intended[index])) : found, intended }
}

/** What is listed for one way to run it stands for all of it. @param {string} name @param {boolean} strict */
function intendedFor(name, strict) {
  const listed = [...(strict ? withStrict : byDefault), ...always]
  return listed.find(({ scenarios }) => Object.hasOwn(scenarios, name))?.scenarios[name] ?? []
}

/** When chance decides about a moment, <t> is listed for it. @param {string} line @param {string} [intended] */
function withoutChance(line, intended = '') {
  return intended.startsWith('+ <t> ') ? line.replace(/^\+ \d+ /, '+ <t> ') : line
}

/** Every scenario that a list names. */
export function listedNames() {
  return [...always, ...byDefault, ...withStrict].flatMap(({ scenarios }) => Object.keys(scenarios))
}
