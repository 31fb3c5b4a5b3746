// Plays a scenario with both libraries and sets the intended differences against the ones that are found.
import { always, byDefault } from '../intended-differences.mjs'
import { differences } from './compare.mjs'
import { loadOurs, loadPaho } from './libraries.mjs'
import { play } from './registry.mjs'

/** @param {import('./registry.mjs').Scenario} scenario @param {boolean} strict */
export async function compare(scenario, strict) {
  const [paho, ours] = [await play(scenario, loadPaho), await play(scenario, loadOurs, strict)]
  const found = differences(paho, ours)
  const listed = strict ? always : [...byDefault, ...always]
  const entries = listed.filter(({ scenarios }) => Object.hasOwn(scenarios, scenario.name))
  // What is listed for the default stands for all of it.
  const intended = entries[0]?.scenarios[scenario.name] ?? []
  return { found, intended }
}

/** Every scenario that a list names. */
export function listedNames() {
  return [...always, ...byDefault].flatMap(({ scenarios }) => Object.keys(scenarios))
}
