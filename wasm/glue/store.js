// The store of connect(): told of changes in batches, soon after each of them, and at once when the page is hidden or
// left. Between two batches nothing of a message crosses over.

/** In milliseconds. A change waits for one to two of these; an acknowledgement that comes sooner spares two writes. */
const storeInterval = 5

/** Of the batch that is being handed over. @type {import('../wsmq').StoreChanges} */
let changes = { put: [], erased: [] }
/** Clients with changes that their stores do not know. @type {Set<Link>} */
const changedStores = new Set()
let isListeningToLeaving = false

/** @param {number} connection */
function storeChanged(connection) {
  const link = links.get(connection)
  if (link === undefined) return
  awaitBatch(link)
  listenToLeaving()
}

/** @param {Link} link */
function awaitBatch(link) {
  changedStores.add(link)
  link.storeTimer = setTimeout(() => writeStore(link, false), storeInterval)
}

/**
 * @param {Link} link
 * @param {boolean} all what changed just now, too
 */
function writeStore(link, all) {
  clearTimeout(link.storeTimer)
  if (!changedStores.delete(link) || link.connection === 0) return
  const batch = (changes = { put: [], erased: [] })
  if (_wsmq_take_changes(link.connection, all ? 1 : 0)) awaitBatch(link)
  if (batch.put.length > 0 || batch.erased.length > 0) callHandler(link, link.options.store?.write, batch)
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
