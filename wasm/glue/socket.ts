// Emscripten's sockets, called so that an exception of the browser does not unwind through C++.
import { callHandler, type Link, links } from './link.js'
import { receiveData, sendBytes } from './receive.js'

/** What Emscripten's WebSocket library keeps, with what is noted here. */
interface Socket extends WebSocket {
  hasFailed?: boolean
  failure?: unknown
  /** Of the connection whose socket it is. */
  link?: Link | undefined
}

/** What the environment says about the socket that was closed last or could not be created. Browsers say nothing. */
let lastSocketError: unknown

export function takeLastSocketError(): unknown {
  const taken = lastSocketError
  lastSocketError = undefined
  return taken
}

/** @returns the handle, or 0 or less */
export function newSocket(attributes: number): number {
  lastSocketError = undefined
  try {
    const handle = _emscripten_websocket_new(attributes)
    if (handle > 0) listenToErrors(WS.getSocket(handle))
    return handle
  } catch (thrown) {
    lastSocketError = thrown
    return 0
  }
}

/**
 * A close event follows, and reports both; but not in Chromium where the Content-Security-Policy forbids the connection.
 * The `ws` package throws errors that have no listener.
 */
function listenToErrors(socket: Socket): void {
  socket.onerror = (event) => {
    socket.hasFailed = true
    socket.failure = (event as ErrorEvent).error ?? undefined
    setTimeout(() => {
      if (socket.readyState === 3) socket.onclose?.({ wasClean: false, code: 1006, reason: '' } as CloseEvent)
    })
  }
}

/** @param socket the address of wsmq::wasm::WebSocket @param connection its owner's */
export function listenToMessages(handle: number, socket: number, connection: number): void {
  // Events have a time, which costs less than asking for it. Outside browsers it may be by another clock (jsdom,
  // mock-socket) or missing: the first event shows.
  let isOurClock: boolean | undefined
  const webSocket: Socket = WS.getSocket(handle)
  webSocket.link = links.get(connection)
  webSocket.onmessage = ({ data, timeStamp }: MessageEvent<string | ArrayBuffer>) => {
    if (isWatched(webSocket) && typeof data !== 'string') watch(webSocket, new Uint8Array(data), false)
    isOurClock ??= Math.abs(timeStamp - performance.now()) < 60_000
    receiveData(socket, data, isOurClock ? timeStamp : performance.now())
  }
}

export function hasSocketFailed(handle: number): boolean {
  const { hasFailed, failure } = WS.getSocket(handle)
  lastSocketError = failure
  return hasFailed === true
}

export function sendOnSocket(handle: number, data: number, size: number): boolean {
  const socket: Socket = WS.getSocket(handle)
  try {
    if (isWatched(socket)) watch(socket, HEAPU8.slice(data, data + size), true)
    sendBytes(socket, data, size)
    return true
  } catch {
    return false
  }
}

export function releaseSocket(handle: number): void {
  const socket = WS.getSocket(handle)
  _emscripten_websocket_delete(handle)
  socket.onerror = () => {}
  try {
    socket.close(1000)
  } catch {
    // It never came to be a socket.
  }
}

/** Whether somebody wants to see the bytes, as a log does. */
function isWatched({ link }: Socket): boolean {
  return Boolean(link?.client.onBytes)
}

function watch({ link }: Socket, bytes: Uint8Array, isSent: boolean): void {
  if (link !== undefined) callHandler(link, link.client.onBytes, bytes, isSent)
}
