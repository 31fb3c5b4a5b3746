// Where each page has a state of its own: what their one record says of them (docs/protocol.md, "Presence").
import type { LayerOptions } from '../../webapp/layer.js'
import type { TabState } from './commands.js'
import { moduleError } from './names.js'

/** The same for the same pages, whichever host says it. */
export function recordOf(tabs: readonly TabState[]): Required<Pick<LayerOptions, 'state' | 'tabs'>> {
  const inOrder = [...tabs].sort((a, b) => a.since - b.since || (a.id < b.id ? -1 : 1))
  const last = inOrder.reduce<TabState | undefined>((latest, tab) => (tab.setAt > (latest?.setAt ?? -1) ? tab : latest), undefined)
  const each = inOrder.map(({ id, since, state }) => `{"id":"${id}","since":${since},"state":${state}}`)
  return { state: last?.state ?? 'null', tabs: `[${each.join()}]` }
}

/** As the module throws it. `isNew`: the page has only come. */
export function tooLargeForAll(isNew = false): Error {
  const what = isNew ? 'This tab is not shown to others until there is room for it' : 'The state was not set'
  return moduleError('payload_too_large', `${what}: the tabs of a webapp share a record of 4,096 bytes`)
}
