import { STATUS_CODES } from 'node:http'

/**
 * Whether a request to a server on loopback comes from its own pages, or from no page at all. Browsers let any site send
 * requests to 127.0.0.1; one whose name was rebound to it (DNS rebinding) reads the answers too, but says its own Host.
 * @param {import('node:http').IncomingMessage} request
 * @returns {{ status: number, reason: string } | undefined} why not
 */
export function refusalOf({ headers, socket }) {
  const port = socket.localPort
  const names = ['127.0.0.1', 'localhost'].flatMap((name) => [`${name}:${port}`, ...(port === 80 ? [name] : [])])
  if (!names.includes(headers.host?.toLowerCase() ?? ''))
    return { status: 421, reason: `This server is http://${names[0]}/ and goes by no other name.` }
  const { origin } = headers
  if (origin === undefined || names.some((name) => origin === `http://${name}`)) return undefined
  return { status: 403, reason: `Pages of ${JSON.stringify(origin)} have no business here.` }
}

/** Closes a connection that asked for an upgrade. @param {import('node:stream').Duplex} socket @param {number} status @param {string} [reason] */
export function refuseUpgrade(socket, status, reason = STATUS_CODES[status] ?? '') {
  const head = `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\nConnection: close\r\nContent-Type: text/plain; charset=utf-8`
  socket.end(`${head}\r\nContent-Length: ${Buffer.byteLength(reason) + 1}\r\n\r\n${reason}\n`)
}
