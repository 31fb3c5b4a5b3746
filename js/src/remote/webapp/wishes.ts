// What a page has asked its host for once and for all: it is said again to the next one.
import type { LayerCommand } from './commands.js'

const LASTING = new Set<string>(['methods', 'watchPresence', 'devices', 'discover'] satisfies LayerCommand[0][])

export class Wishes {
  readonly #kept = new Map<string, LayerCommand>()

  note(command: LayerCommand): void {
    if (command[0] === 'room') {
      const key = `room ${command[1]}`
      if (command[2]) this.#kept.set(key, command)
      else this.#kept.delete(key)
    } else if (command[0] === 'unwatchPresence') this.#kept.delete('watchPresence')
    else if (LASTING.has(command[0])) this.#kept.set(command[0], command)
  }

  all(): LayerCommand[] {
    return [...this.#kept.values()]
  }
}
