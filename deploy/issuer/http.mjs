// Bodies, answers and addresses of requests over HTTP.
import { isIPv6 } from 'node:net'
import { URLSearchParams } from 'node:url'

/** An answer that is not the one that was wanted. Its message is for the caller, and holds nothing secret. */
export class Refusal extends Error {
  /**
   * @param {number} status of HTTP
   * @param {string} code for programs
   * @param {string} message for people: what happened and what to do
   * @param {Record<string, string>} [headers]
   */
  constructor(status, code, message, headers = {}) {
    super(message)
    this.status = status
    this.code = code
    this.headers = headers
  }
}

const malformed = (/** @type {string} */ message) => new Refusal(400, 'malformed', message)

/** Bytes of a body: a uid has at most 146 characters, a token some 3,000. */
const longestBody = 4096
const longestForm = 16_384

/**
 * The JSON object in a request's body.
 * @param {import('node:http').IncomingMessage} request
 * @returns {Promise<Record<string, unknown>>}
 */
export async function readObject(request) {
  // Also what makes a page of another site ask first (a CORS preflight), which nothing here answers.
  checkType(request, 'application/json')
  const body = await readBody(request, longestBody)
  /** @type {unknown} */
  let value
  try {
    value = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body))
  } catch {
    throw malformed('The body is not JSON in UTF-8.')
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw malformed('The body is a JSON object.')
  return /** @type {Record<string, unknown>} */ (value)
}

/** The fields of a form in a request's body. @param {import('node:http').IncomingMessage} request */
export async function readForm(request) {
  checkType(request, 'application/x-www-form-urlencoded')
  return new URLSearchParams((await readBody(request, longestForm)).toString('latin1'))
}

/** @param {import('node:http').IncomingMessage} request @param {string} type */
function checkType({ headers }, type) {
  const [actual = ''] = (headers['content-type'] ?? '').split(';')
  if (actual.trim().toLowerCase() !== type) throw new Refusal(415, 'malformed', `The body has the Content-Type ${type}.`)
}

/** @param {import('node:http').IncomingMessage} request @param {number} longest bytes */
async function readBody(request, longest) {
  /** @type {Buffer[]} */
  const chunks = []
  let length = 0
  for await (const chunk of request) {
    length += chunk.length
    if (length > longest) throw new Refusal(413, 'too_large', `The body has at most ${longest} bytes.`, { Connection: 'close' })
    chunks.push(chunk)
  }
  return Buffer.concat(chunks)
}

/**
 * A member of a body that has to be a text.
 * @param {Record<string, unknown>} object
 * @param {string} name
 */
export function textOf(object, name) {
  const text = Object.hasOwn(object, name) ? object[name] : undefined
  if (typeof text !== 'string') throw malformed(`The body has the member "${name}", a string.`)
  return text
}

/** Seconds that a revocation holds at most. */
const longestDuration = 30 * 86_400

/**
 * A member of a body that may be a number of seconds, in milliseconds.
 * @param {Record<string, unknown>} object
 * @param {string} name
 */
export function durationOf(object, name) {
  if (!Object.hasOwn(object, name)) return undefined
  const seconds = object[name]
  if (typeof seconds !== 'number' || !(seconds >= 0 && seconds <= longestDuration))
    throw malformed(`The member "${name}" is a number of seconds, from 0 to ${longestDuration}.`)
  return seconds * 1000
}

/**
 * @param {import('node:http').ServerResponse} response
 * @param {number} status
 * @param {unknown} [body] none for 204
 * @param {Record<string, string>} [headers]
 */
export function send(response, status, body, headers = {}) {
  // An answer may be a credential: nobody on the way keeps it.
  const all = { 'Cache-Control': 'no-store', 'X-Content-Type-Options': 'nosniff', ...headers }
  if (body === undefined) return void response.writeHead(status, all).end()
  const text = `${JSON.stringify(body)}\n`
  response.writeHead(status, { ...all, 'Content-Type': 'application/json', 'Content-Length': Buffer.byteLength(text) }).end(text)
}

/** @param {import('node:http').ServerResponse} response @param {Refusal} refusal */
export const sendRefusal = (response, { status, code, message, headers }) => send(response, status, { error: { code, message } }, headers)

/**
 * The site that the request was sent to, as browsers write an origin. Only a proxy on this machine reaches the issuer, and
 * says what the browser asked for.
 * @param {import('node:http').IncomingMessage} request
 */
export const siteOf = ({ headers }) => `${headers['x-forwarded-proto'] === 'https' ? 'https' : 'http'}://${headers.host}`

/**
 * Whose requests are counted together: an address of IPv4, a network (/64) of IPv6.
 * @param {import('node:http').IncomingMessage} request
 */
export function addressOf({ headers, socket }) {
  const told = headers['x-real-ip']
  const address = (typeof told === 'string' ? told : socket.remoteAddress) ?? ''
  if (!isIPv6(address)) return address.slice(0, 64)
  const { hostname } = new URL(`http://[${address.replace(/%.*/, '')}]`)
  const [before = '', after] = hostname.slice(1, -1).split('::')
  const groups = before.split(':').filter(Boolean)
  const rest = after?.split(':').filter(Boolean) ?? []
  const all = after === undefined ? groups : [...groups, ...Array(8 - groups.length - rest.length).fill('0'), ...rest]
  return `${all.slice(0, 4).join(':')}::/64`
}
