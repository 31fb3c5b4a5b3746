// What stands in for the interfaces of brokers for administrators.
import { createServer } from 'node:http'

/** @typedef {{ method: string, path: string, query: URLSearchParams, body: any }} Asked */

/**
 * A broker's interface that answers what a test says, and nothing to who has another password.
 * @param {import('node:test').TestContext} t
 * @param {(asked: Asked) => [status: number, body?: unknown] | undefined} answer undefined: silence
 */
export async function startApi(t, answer) {
  const asked = /** @type {string[]} */ ([])
  const server = createServer(async (request, response) => {
    let text = ''
    for await (const part of request.setEncoding('utf8')) text += part
    const { method = '', headers, url = '' } = request
    const { pathname, searchParams } = new URL(url, 'http://api')
    asked.push(`${method} ${url}`)
    const isKnown = headers.authorization === `Basic ${Buffer.from('issuer:secret').toString('base64')}`
    const answered = isKnown ? answer({ method, path: pathname, query: searchParams, body: text ? JSON.parse(text) : undefined }) : [401]
    if (!answered) return
    const [status, body] = answered
    response.writeHead(status, { 'Content-Type': 'application/json' }).end(body === undefined ? undefined : JSON.stringify(body))
  })
  await new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(undefined)))
  t.after(() => {
    server.close()
    server.closeAllConnections()
  })
  const { port } = /** @type {import('node:net').AddressInfo} */ (server.address())
  return { url: `http://127.0.0.1:${port}/`, asked }
}

/**
 * EMQX as its interface is published (https://docs.emqx.com/en/emqx/latest/admin/api.html), strictly: what is not in it is 400.
 * @param {import('node:test').TestContext} t
 * @param {string[]} connected client identifiers, which are user names as well
 */
export async function startEmqx(t, connected) {
  const bans = new Map()
  const kicked = /** @type {string[]} */ ([])
  const api = await startApi(t, ({ method, path, query, body }) => {
    if (method === 'POST' && path === '/api/v5/banned') {
      const { as, who, until, ...rest } = body
      const isSound =
        ['clientid', 'username', 'peerhost', 'clientid_re', 'username_re', 'peerhost_net'].includes(as) &&
        typeof who === 'string' &&
        /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:Z|[+-]\d\d:\d\d)$/.test(until) &&
        Object.keys(rest).every((name) => ['by', 'reason', 'at'].includes(name))
      if (!isSound) return [400, { code: 'BAD_REQUEST', message: '' }]
      if (bans.has(`${as} ${who}`)) return [400, { code: 'ALREADY_EXISTS', message: '' }]
      bans.set(`${as} ${who}`, Date.parse(until))
      return [200, body]
    }
    const [, as, who = ''] = /^\/api\/v5\/banned\/(\w+)\/([^/]+)$/.exec(path) ?? []
    if (method === 'DELETE' && as) return bans.delete(`${as} ${decodeURIComponent(who)}`) ? [204] : [404, { code: 'NOT_FOUND' }]
    if (method === 'GET' && path === '/api/v5/clients') {
      const [limit, page] = [Number(query.get('limit')), Number(query.get('page'))]
      if (!(limit >= 1 && limit <= 10_000 && page >= 1)) return [400, { code: 'INVALID_PARAMETER' }]
      const found = connected.filter((uid) => uid.includes(query.get('like_username') ?? ''))
      const data = found.slice(limit * (page - 1), limit * page).map((uid) => ({ clientid: uid, username: uid, connected: true }))
      return [200, { data, meta: { count: found.length, limit, page, hasnext: limit * page < found.length } }]
    }
    const [, id = ''] = /^\/api\/v5\/clients\/([^/]+)$/.exec(path) ?? []
    if (method !== 'DELETE' || !id) return [400, { code: 'BAD_REQUEST' }]
    const uid = decodeURIComponent(id)
    if (!connected.includes(uid)) return [404, { code: 'CLIENTID_NOT_FOUND', message: '' }]
    kicked.push(uid)
    return [204]
  })
  return { ...api, bans, kicked }
}
