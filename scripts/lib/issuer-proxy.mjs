import { request as ask } from 'node:http'
import { refusalOf } from '../../tests/support/own-requests.mjs'

/** For the administrator and the broker on this machine. */
const hidden = ['/issuer/revoke', '/issuer/introspect', '/issuer/jwks.json']

/** Hands on what is for the issuer, as deploy/nginx/issuer.conf does, where there is no nginx. @param {number} port of the issuer */
export function issuerProxy(port) {
  return {
    /**
     * Answers what belongs to it, and returns whether that was so.
     * @param {import('node:http').IncomingMessage} request
     * @param {import('node:http').ServerResponse} response
     */
    async answer(request, response) {
      const { method, url: path = '', headers, socket } = request
      const [file = ''] = path.split('?')
      if (!file.startsWith('/issuer/') || refusalOf(request)) return false
      if (hidden.includes(file)) return (response.writeHead(404).end(), true)
      const passed = { ...headers, 'x-real-ip': socket.remoteAddress, 'x-forwarded-proto': 'http' }
      Reflect.deleteProperty(passed, 'x-issuer-session')
      const asked = ask({ host: '127.0.0.1', port, method, path, headers: passed }, (answer) => {
        response.writeHead(answer.statusCode ?? 502, answer.headers)
        answer.pipe(response)
      })
      asked.on('error', () => (response.headersSent ? response.destroy() : response.writeHead(502).end()))
      response.on('close', () => asked.destroy())
      request.pipe(asked)
      return true
    },
  }
}
