import { createHash } from 'node:crypto'
import { readFile, realpath, stat } from 'node:fs/promises'
import { extname, join, resolve, sep } from 'node:path'
import { refusalOf } from './own-requests.mjs'

/** @type {Record<string, string>} */
const types = {
  '.css': 'text/css; charset=utf-8',
  '.html': 'text/html; charset=utf-8',
  '.ico': 'image/x-icon',
  '.js': 'text/javascript; charset=utf-8',
  '.json': 'application/json',
  '.map': 'application/json',
  '.mjs': 'text/javascript; charset=utf-8',
  '.png': 'image/png',
  '.svg': 'image/svg+xml',
  '.txt': 'text/plain; charset=utf-8',
  '.wasm': 'application/wasm',
  '.woff2': 'font/woff2',
}

/**
 * Answers a request of the server's own pages from the first of the roots whose prefix fits. Nothing outside of the roots
 * is read, whatever links there are inside.
 * @param {Record<string, string>} roots URL prefixes, each with a slash at its end, and the directories behind them
 * @param {Record<string, string>} headers added to each answer
 * @returns {(request: import('node:http').IncomingMessage, response: import('node:http').ServerResponse) => Promise<void>}
 */
export function serveFiles(roots, headers = {}) {
  const byLength = Object.entries(roots).sort(([a], [b]) => b.length - a.length)
  return async (request, response) => {
    /** @param {number} status @param {string} reason @param {Record<string, string>} [more] */
    const refuse = (status, reason, more = {}) =>
      void response.writeHead(status, { ...headers, ...more, 'Content-Type': 'text/plain; charset=utf-8' }).end(`${reason}\n`)
    const refusal = refusalOf(request)
    if (refusal) return refuse(refusal.status, refusal.reason)
    if (request.method !== 'GET' && request.method !== 'HEAD') return refuse(405, 'There are only files here.', { Allow: 'GET, HEAD' })
    const file = await fileFor(byLength, request.url ?? '/')
    if (!file) return refuse(404, 'Not found')
    const body = await readFile(file)
    const tag = `"${createHash('sha256').update(body).digest('base64url').slice(0, 22)}"`
    const all = { ...headers, 'Content-Type': types[extname(file)] ?? 'application/octet-stream', ETag: tag, 'Cache-Control': 'no-cache' }
    if (request.headers['if-none-match'] === tag) return void response.writeHead(304, all).end()
    response.writeHead(200, { ...all, 'Content-Length': body.length }).end(request.method === 'HEAD' ? undefined : body)
  }
}

/**
 * @param {[string, string][]} roots
 * @param {string} url
 */
async function fileFor(roots, url) {
  let path
  try {
    path = decodeURIComponent(new URL(url, 'http://localhost').pathname)
  } catch {
    return undefined
  }
  for (const [prefix, directory] of roots) {
    if (!path.startsWith(prefix)) continue
    const wanted = resolve(directory, `./${path.slice(prefix.length)}`)
    if (wanted !== resolve(directory) && !wanted.startsWith(resolve(directory) + sep)) return undefined
    const file = await existing(wanted)
    if (file) return file.startsWith((await realpath(directory)) + sep) ? file : undefined
  }
  return undefined
}

/**
 * @param {string} path
 * @returns {Promise<string | undefined>} the file, or a directory's index.html, without links in its path
 */
async function existing(path) {
  const found = await stat(path).catch(() => undefined)
  if (found?.isFile()) return realpath(path)
  return found?.isDirectory() ? existing(join(path, 'index.html')) : undefined
}
