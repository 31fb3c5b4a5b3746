import { readFile } from 'node:fs/promises'
import { refusalOf } from '../../tests/support/own-requests.mjs'

const events = '/dev/events'
const script = '/dev/reload.js'
const scriptText = `new EventSource('${events}').addEventListener('reload', () => location.reload())\n`

/** Reloads a page in every browser that shows it: adds a script to it, which listens to a stream of events. */
export class LiveReload {
  /** @type {Set<import('node:http').ServerResponse>} */
  #streams = new Set()
  #page

  /** @param {string} page the file that is served as / */
  constructor(page) {
    this.#page = page
  }

  /**
   * Answers what belongs to it, and returns whether that was so.
   * @param {import('node:http').IncomingMessage} request
   * @param {import('node:http').ServerResponse} response
   * @param {Record<string, string>} headers of every answer
   */
  async answer(request, response, headers) {
    if (refusalOf(request)) return false
    /** @param {string} type @param {string} text */
    const send = (type, text) => void response.writeHead(200, { ...headers, 'Content-Type': type, 'Cache-Control': 'no-cache' }).end(text)
    if (request.url === '/') {
      const html = await readFile(this.#page, 'utf8')
      send('text/html; charset=utf-8', html.replace('</head>', `<script src="${script}"></script></head>`))
    } else if (request.url === script) {
      send('text/javascript; charset=utf-8', scriptText)
    } else if (request.url === events) {
      response.writeHead(200, { ...headers, 'Content-Type': 'text/event-stream', 'Cache-Control': 'no-cache' }).write('\n')
      this.#streams.add(response)
      response.once('close', () => this.#streams.delete(response))
    } else {
      return false
    }
    return true
  }

  reload() {
    for (const stream of this.#streams) stream.write('event: reload\ndata:\n\n')
  }
}
