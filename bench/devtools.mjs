import { once } from 'node:events'
import { WebSocket } from 'ws'

/** The DevTools protocol: calls with answers, and events by session. */
export class Devtools {
  #socket
  #last = 0
  #waiting = new Map()
  #listeners = new Map()

  /** @param {string} url */
  static async connect(url) {
    const socket = new WebSocket(url, { perMessageDeflate: false, maxPayload: 1 << 30 })
    await once(socket, 'open')
    return new Devtools(socket)
  }

  constructor(socket) {
    this.#socket = socket
    socket.on('message', (data) => this.#receive(JSON.parse(data)))
    socket.on('close', () => {
      for (const { reject } of this.#waiting.values()) reject(new Error('Chromium has gone'))
    })
  }

  /**
   * @param {string} method
   * @param {object} [params]
   * @param {string} [sessionId]
   */
  send(method, params = {}, sessionId) {
    const id = ++this.#last
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject, method })
      this.#socket.send(JSON.stringify({ id, method, params, sessionId }))
    })
  }

  /** @param {Record<string, (params: any) => void>} handlers by the event's name */
  listen(sessionId, handlers) {
    this.#listeners.set(sessionId, handlers)
  }

  #receive({ id, result, error, method, params, sessionId }) {
    if (id === undefined) {
      if (method === 'Target.detachedFromTarget') this.#listeners.delete(params.sessionId)
      this.#listeners.get(sessionId)?.[method]?.(params)
      return
    }
    const waiting = this.#waiting.get(id)
    this.#waiting.delete(id)
    if (error) waiting.reject(new Error(`${waiting.method}: ${error.message}`))
    else waiting.resolve(result)
  }
}
