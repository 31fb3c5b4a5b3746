// What JavaScript keeps of each client, and when its output leaves.

/**
 * @typedef {{ kind: 'subscribe' | 'unsubscribe', options: OperationOptions }} Operation
 * @typedef {{ run: () => void, needsEnd: boolean }} Deferred to run after the batch, or when there are no more events
 */

/** By connection, the address of wsmq::wasm::Connection. @type {Map<number, Link>} */
const links = new Map()

/** How many microtasks without a publish mean that the task is over: `await publish()` in a loop takes a few each. */
const quietMicrotasks = 4

class Link {
  /**
   * @param {AnyClient} client
   * @param {number} connection
   * @param {import('../wsmq').Address} uri the constructor's
   */
  constructor(client, connection, uri) {
    this.client = client
    this.uri = uri
    /** 0 when the client was deleted. */
    this.connection = connection
    /** Handlers of this client run, out of a batch of events. */
    this.walking = false
    /** disconnect() was called in such a handler, and has not taken effect yet. */
    this.stopping = false
    /** What handlers asked for that would take the events away under them. @type {Deferred[]} */
    this.deferred = []
    this.scheduled = false
    this.quiet = 0
    /** @type {ConnectOptions} */
    this.options = {}
    /** onSuccess or onFailure of connect() is still to come. */
    this.connecting = false
    /** Answers to an older attempt are ignored. */
    this.attempt = 0
    /** Whose records were handed over. @type {import('../wsmq').SessionStore | undefined} */
    this.store = undefined
    /** @type {ReturnType<typeof setTimeout> | undefined} */
    this.storeTimer = undefined
    /** Why a function of the application's has no answer to the attempt, should it fail. @type {unknown} */
    this.cause = undefined
    /** Subscribes and unsubscribes that run. @type {Map<number, Operation>} */
    this.operations = new Map()
    this.flush = () => {
      if (this.connection !== 0 && ++this.quiet <= quietMicrotasks) return queueMicrotask(this.flush)
      this.scheduled = false
      if (this.connection !== 0) _wsmq_flush(this.connection)
    }
  }
}

/**
 * What was published leaves at the end of the task; while handlers run, after them.
 * @param {Link | undefined} link
 */
function scheduleFlush(link) {
  if (link === undefined) return
  link.quiet = 0
  if (link.scheduled || link.walking) return
  link.scheduled = true
  queueMicrotask(link.flush)
}

/**
 * @param {{ $link: Link }} client
 * @returns {Link}
 */
function linkOf(client) {
  const link = client.$link
  if (link.connection === 0) throw new MqttError('not_started', 'The client was deleted.')
  return link
}

/**
 * @param {Link | undefined} link
 * @param {boolean} isEnd there are no more events
 * @returns {boolean} whether something still waits for the end
 */
function runDeferred(link, isEnd) {
  if (link === undefined) return false
  const { deferred } = link
  for (; deferred.length > 0 && (isEnd || !deferred[0].needsEnd); isEnd = false) deferred.shift()?.run()
  return deferred.length > 0
}

/**
 * Calls a handler; what it throws stops nothing.
 * @param {Link} link
 * @param {Function | null | undefined} handler
 * @param {...unknown} given
 */
function callHandler(link, handler, ...given) {
  if (typeof handler !== 'function' || link.connection === 0) return
  try {
    handler.apply(link.client, given)
  } catch (thrown) {
    reportThrown(link, thrown)
  }
}

/**
 * @param {Link} link
 * @param {unknown} thrown
 */
function reportThrown(link, thrown) {
  const { onError } = link.client
  if (typeof onError !== 'function' || link.connection === 0) return reportUncaught(thrown)
  try {
    onError.call(link.client, thrown)
  } catch (again) {
    reportUncaught(again)
  }
}

/** @param {unknown} thrown */
function reportUncaught(thrown) {
  setTimeout(() => {
    throw thrown
  })
}
