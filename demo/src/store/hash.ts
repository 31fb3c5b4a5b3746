// Deep links: the address of the page says which connection, view and search it shows, and no secrets.
import { effect } from '@preact/signals'
import { change, isOwnServer, readSettings, settings, withoutSecrets } from './settings.js'
import { oneOf } from './shapes.js'
import { query, topic, view, VIEWS } from './view.js'

/** Of the settings, what a link says; `user` is each reader's own. */
const LINKED = ['address', 'role', 'org', 'root'] as const

/** Takes what the address says. Returns whether the page may connect by itself. */
export function readHash(): boolean {
  const given = new URLSearchParams(location.hash.slice(1))
  view.value = oneOf(given.get('view'), VIEWS, view.peek())
  query.value = given.get('search') ?? query.peek()
  topic.value = given.get('topic') ?? topic.peek()
  const before = settings.peek()
  const linked = {
    ...Object.fromEntries(LINKED.map((name) => [name, given.get(name) ?? undefined])),
    version: Number(given.get('version')),
  }
  const { address, role, org, root, version } = readSettings(linked, before)
  const isElsewhere = address !== before.address && !isOwnServer(address)
  change({ address, role, org, root, version })
  // Whoever made the link chose that broker: the user is asked first, and no account of theirs is named to it.
  if (isElsewhere) change({ username: '' })
  return !isElsewhere
}

/** Keeps the address up to date. */
export function writeHash(): void {
  effect(() => {
    const { address, role, org, root, version } = settings.value
    const all = {
      view: view.value,
      search: query.value,
      topic: topic.value,
      address: withoutSecrets(address),
      role,
      org,
      root,
      version: String(version),
    }
    const defaults: Record<string, string> = {
      view: 'messages',
      address: '/ws_mqtt',
      role: 'webapp',
      org: 'acme',
      root: 'app/',
      version: '5',
    }
    const said = Object.entries(all).filter(([name, value]) => value !== '' && value !== defaults[name])
    history.replaceState(null, '', said.length === 0 ? location.pathname + location.search : `#${new URLSearchParams(said)}`)
  })
}
