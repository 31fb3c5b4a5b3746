// The store of connect(): it receives changes in batches, soon after each of them, and at once when the page is hidden or
// left. Between two batches nothing of a message crosses over.
import type { SessionStore, StoreChanges } from '../wsmq.js'
import { passArguments } from './bytes.js'
import { nameOfError } from './errors.js'
import { Link, callHandler, links, reportThrown } from './link.js'

/** In milliseconds. A change waits for one to two of these; an acknowledgement that comes sooner spares two writes. */
const storeInterval = 5

/** Of the batch that is being handed over. */
let changes: StoreChanges = { put: [], erased: [] }
/** Clients with changes that their stores do not know. */
const changedStores: Set<Link> = new Set()
let isListeningToLeaving = false

export function storeChanged(connection: number) {
  const link = links.get(connection)
  if (link === undefined) return
  awaitBatch(link)
  listenToLeaving()
}

function awaitBatch(link: Link) {
  changedStores.add(link)
  link.storeTimer = setTimeout(() => writeStore(link, false), storeInterval)
}

/** @param all what changed just now, too */
export function writeStore(link: Link, all: boolean) {
  clearTimeout(link.storeTimer)
  if (!changedStores.delete(link) || link.connection === 0) return
  const batch = (changes = { put: [], erased: [] })
  if (_wsmq_take_changes(link.connection, all ? 1 : 0)) awaitBatch(link)
  const before = link.written
  let written: void | Promise<void> = undefined
  try {
    if (batch.put.length > 0 || batch.erased.length > 0) written = link.options.store?.write(batch)
  } catch (thrown) {
    reportThrown(link, thrown)
  }
  if (written ?? before) void (link.written = settled(link, before, written))
  else batchStored(link)
}

/** Batches are reported in their order. */
async function settled(link: Link, before: Promise<void> | undefined, written: void | Promise<void>) {
  await before
  try {
    await written
  } catch (thrown) {
    reportThrown(link, thrown)
  }
  batchStored(link)
}

function batchStored(link: Link) {
  if (link.connection !== 0) _wsmq_batches_stored(link.connection, 1)
}

function writeStores() {
  for (const link of [...changedStores]) writeStore(link, true)
}

function listenToLeaving() {
  if (isListeningToLeaving) return
  isListeningToLeaving = true
  globalThis.addEventListener?.('pagehide', writeStores)
  globalThis.document?.addEventListener('freeze', writeStores)
  globalThis.document?.addEventListener('visibilitychange', () => document.visibilityState === 'hidden' && writeStores())
}

export function collectPut(kind: number, number: number, record: number, size: number) {
  changes.put.push({ kind, number, record: HEAPU8.slice(record, record + size) })
}

export function collectErased(kind: number, number: number) {
  changes.erased.push({ kind, number })
}

/** The engine is at work: the handler may call it when it has finished. */
export function recordOver(connection: number, kind: number, number: number, error: number, reasonCode: number) {
  const link = links.get(connection)
  const name = nameOfError(error)
  const over = () => link?.options.store?.onErased?.(kind, number, name, reasonCode)
  if (link !== undefined) queueMicrotask(() => callHandler(link, over))
}

export function addRecords(link: Link, store: SessionStore) {
  if (link.store === store) return
  link.store = store
  for (const { kind, number, record } of store.records ?? []) {
    passArguments(record)
    _wsmq_add_record(link.connection, kind, number, record.length)
  }
}
