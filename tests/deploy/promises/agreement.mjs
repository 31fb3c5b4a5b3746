import { createHash } from 'node:crypto'

/** What a broker answers, with the proof that it understood the question (RFC 6455, 4.2.2). @param {import('node:http').IncomingHttpHeaders} asked */
export function agreement({ upgrade, 'sec-websocket-key': key }) {
  const accept = createHash('sha1').update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest('base64')
  return `HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: ${upgrade}\r\nSec-WebSocket-Accept: ${accept}\r\n\r\n`
}
