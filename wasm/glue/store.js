// The store of connect(): told of changes in batches, soon after the first of them, and at once when the page is hidden
// or left. Between two batches nothing of a message crosses over.

/** In milliseconds. An acknowledgement that comes sooner spares the store two writes. */
const storeDelay = 10

/** Of the batch that is being handed over. @type {import('../wsmq').StoreChanges} */
let changes = { put: [], erased: [] }
/** Clients with changes that their stores do not know. @type {Set<Link>} */
const changedStores = new Set()
let isListeningToLeaving = false

/** @param {number} connection */
function storeChanged(connection) {
  const link = links.get(connection)
  if (link === undefined) return
  changedStores.add(link)
  link.storeTimer = setTimeout(() => writeStore(link), storeDelay)
  listenToLeaving()
}

/** @param {Link} link */
function writeStore(link) {
  clearTimeout(link.storeTimer)
  if (!changedStores.delete(link) || link.connection === 0) return
  changes = { put: [], erased: [] }
  _wsmq_take_changes(link.connection)
  callHandler(link, link.options.store?.write, changes)
}

function writeStores() {
  for (const link of [...changedStores]) writeStore(link)
}

function listenToLeaving() {
  if (isListeningToLeaving) return
  isListeningToLeaving = true
  globalThis.addEventListener?.('pagehide', writeStores)
  globalThis.document?.addEventListener('freeze', writeStores)
  globalThis.document?.addEventListener('visibilitychange', () => document.visibilityState === 'hidden' && writeStores())
}

/**
 * @param {number} kind
 * @param {number} number
 * @param {number} record
 * @param {number} size
 */
function collectPut(kind, number, record, size) {
  changes.put.push({ kind, number, record: HEAPU8.slice(record, record + size) })
}

/**
 * @param {number} kind
 * @param {number} number
 */
function collectErased(kind, number) {
  changes.erased.push({ kind, number })
}

/**
 * The engine is at work: the handler may call it when it has finished.
 * @param {number} connection
 * @param {number} kind
 * @param {number} number
 */
function recordOver(connection, kind, number) {
  const link = links.get(connection)
  if (link !== undefined) queueMicrotask(() => callHandler(link, link.options.store?.onErased, kind, number))
}

/**
 * @param {Link} link
 * @param {import('../wsmq').SessionStore} store
 */
function addRecords(link, store) {
  if (link.store === store) return
  link.store = store
  for (const { kind, number, record } of store.records ?? []) {
    passArguments(record)
    _wsmq_add_record(link.connection, kind, number, record.length)
  }
}
