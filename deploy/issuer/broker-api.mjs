// The way to a broker's own interface for administrators, over HTTP.
import { parsed, textOfAnswer } from './answers.mjs'
import { Refusal } from './http.mjs'

/** Milliseconds for one answer, and bytes of the longest: a list of 100,000 connections. */
const patience = 3000
const longestAnswer = 32 << 20
/** Requests at a time. */
const together = 8

/** @typedef {{ url: string, user: string, password: string }} ApiSettings */

export class BrokerApi {
  #url
  #authorization

  /** @param {ApiSettings} settings */
  constructor({ url, user, password }) {
    this.#url = url.replace(/\/+$/, '')
    this.#authorization = `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`
  }

  /**
   * The JSON of an answer; undefined where it has none.
   * @param {string} method
   * @param {string} path
   * @param {{ body?: unknown, accepts?: (status: number, code: unknown) => boolean }} [options] accepts: further answers
   *   that are as good as a success, by their status and the `code` of their body
   * @returns {Promise<any>}
   */
  async ask(method, path, { body, accepts = () => false } = {}) {
    const response = await fetch(`${this.#url}${path}`, {
      method,
      headers: { Authorization: this.#authorization, Accept: 'application/json', 'Content-Type': 'application/json' },
      redirect: 'error',
      signal: AbortSignal.timeout(patience),
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
    const value = parsed(await textOfAnswer(response, longestAnswer))
    if (response.ok || accepts(response.status, Object(value).code)) return value
    throw new Error(`${method} ${path}: ${response.status}`)
  }
}

/**
 * Does something for each of many, some at a time, and for the others as well where one fails.
 * @template T
 * @param {Iterable<T>} all
 * @param {(each: T) => Promise<unknown>} work
 * @param {(text: string) => void} log
 * @returns {Promise<T[]>} those that failed
 */
export async function forEach(all, work, log) {
  /** @type {T[]} */
  const failed = []
  const rest = [...all]
  const worker = async () => {
    for (let each = rest.shift(); each !== undefined; each = rest.shift())
      try {
        await work(each)
      } catch (error) {
        log(`The broker's interface: ${/** @type {Error} */ (error).message}`)
        failed.push(each)
      }
  }
  await Promise.all(Array.from({ length: together }, worker))
  return failed
}

/** What was said stands, and what it takes at the broker is not done. */
export const unfinished = () =>
  new Refusal(503, 'broker_unreachable', 'Nothing more is issued, but the broker did not end all connections. Ask again.', {
    'Retry-After': '5',
  })
