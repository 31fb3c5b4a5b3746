// Deep links: the address of the page says which connection, view and search it shows, and no secrets.
import { effect } from '@preact/signals'
import { change, DEFAULT_SETTINGS, isOwnServer, readSettings, settings, withoutSecrets } from './settings.js'
import { oneOf } from './shapes.js'
import { query, topic, view, VIEWS } from './view.js'

/** Of the settings, what a link says; `user` is each reader's own. */
const LINKED = ['address', 'role', 'org', 'root', 'version', 'runsIn', 'outbox'] as const
/** Milliseconds without a change before the address is written: browsers refuse to do it at each key. */
const PAUSE = 300

/** Takes what the address says. Returns whether the page may connect by itself. */
export function readHash(): boolean {
  const given = new URLSearchParams(location.hash.slice(1))
  const before = settings.peek()
  if (given.size === 0) return true
  view.value = oneOf(given.get('view'), VIEWS, 'messages')
  query.value = given.get('search') ?? ''
  topic.value = given.get('topic') ?? ''
  const words = Object.fromEntries(given)
  const linked = readSettings({ ...words, version: Number(words['version']), outbox: words['outbox'] === 'true' })
  const isElsewhere = linked.address !== before.address && !isOwnServer(linked.address)
  change(Object.fromEntries(LINKED.map((name) => [name, linked[name]])))
  // Whoever made the link chose that broker: the user is asked first, and no account of theirs is named to it.
  if (isElsewhere) change({ username: '' })
  return !isElsewhere
}

/** Keeps the address up to date. */
export function writeHash(): void {
  let timer: ReturnType<typeof setTimeout> | undefined
  effect(() => {
    const hash = hashOf({ view: view.value === 'messages' ? '' : view.value, search: query.value, topic: topic.value })
    clearTimeout(timer)
    timer = setTimeout(() => history.replaceState(null, '', hash === '' ? location.pathname + location.search : `#${hash}`), PAUSE)
  })
}

/** What is not the default. */
function hashOf(shown: Record<string, string>): string {
  const now = { ...settings.value, address: withoutSecrets(settings.value.address) }
  const changed = LINKED.filter((name) => now[name] !== DEFAULT_SETTINGS[name])
  const all = Object.entries(shown).filter(([, value]) => value !== '')
  return new URLSearchParams([...all, ...changed.map((name) => [name, String(now[name])])] as [string, string][]).toString()
}
