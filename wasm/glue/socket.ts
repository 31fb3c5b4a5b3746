// Emscripten's sockets, called so that an exception of the browser does not unwind through C++.
import { receiveData, sendBytes } from './receive.js'

/** What Emscripten's WebSocket library keeps, with what is noted here. */
interface Socket extends WebSocket {
  hasFailed?: boolean
  failure?: unknown
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
 * Where nobody listens, the `ws` package throws errors.
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

/** @param socket the address of wsmq::wasm::WebSocket */
export function listenToMessages(handle: number, socket: number): void {
  // Events have a time, which costs less than asking for it. Outside browsers it may be by another clock (jsdom,
  // mock-socket) or missing: the first event shows.
  let isOurClock: boolean | undefined
  WS.getSocket(handle).onmessage = ({ data, timeStamp }: MessageEvent<string | ArrayBuffer>) => {
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
  try {
    sendBytes(WS.getSocket(handle), data, size)
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
