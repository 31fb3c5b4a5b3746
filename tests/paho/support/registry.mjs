// The scenarios, by theme.
import { World } from './world.mjs'

/** @typedef {(world: World) => unknown} Play */
/** @typedef {{ noStorage?: boolean, noWebSocket?: boolean }} Settings */
/** @typedef {{ theme: string, name: string, play: Play, settings: Settings }} Scenario */

/** @type {Scenario[]} */
export const scenarios = []

/** @param {string} theme */
export function scenariosOf(theme) {
  /** @param {string} name @param {Play} play @param {Settings} [settings] */
  return (name, play, settings = {}) => {
    if (scenarios.some((one) => one.name === name)) throw new Error(`Two scenarios are named "${name}".`)
    scenarios.push({ theme, name, play, settings })
  }
}

/**
 * Plays a scenario with a library, and gives back what was recorded.
 * @param {Scenario} scenario
 * @param {(globals: Record<string, unknown>) => Promise<import('./libraries.mjs').Library>} load
 * @param {boolean} [strict]
 */
export async function play(scenario, load, strict = false) {
  const world = new World(load, { ...scenario.settings, strict })
  await world.open()
  await scenario.play(world)
  for (const socket of world.sockets)
    if (socket.unread.length > 0) world.recorded.wire.push(`socket ${socket.index}: incomplete ${socket.unread.toString('hex')}`)
  return world.recorded
}
