// node rabbitmq-login.mjs --definitions FILE [--port PORT] [--issuer ADDRESS]: an authentication backend for RabbitMQ over HTTP.
// By itself RabbitMQ lets an account use any client identifier, and so end the connection of another; here the client
// identifier has to be the user name. Users and hashes are those of the definitions, which are read again when they change.
// With --issuer, tokens are passwords as well: the issuer says whose they are, and whether they are still good.
import { readFileSync, statSync } from 'node:fs'
import { createServer } from 'node:http'
import { URLSearchParams } from 'node:url'
import { parseArgs } from 'node:util'
import { isPassword } from './rabbitmq.mjs'

/** Characters; far above what RabbitMQ sends for the longest password. */
const longestRequest = 1 << 18

/** Milliseconds for the issuer, within those that RabbitMQ waits (login.conf). */
const patience = 3000

const { values } = parseArgs({
  options: {
    definitions: { type: 'string', default: '' },
    port: { type: 'string', default: '9002' },
    issuer: { type: 'string', default: '' },
  },
})
const { definitions: file, issuer } = values
if (!file) throw new Error('--definitions is the file that RabbitMQ has its users from.')

let version = ''
/** @typedef {{ name: string, password_hash: string, tags: string[] }} User */
/** @type {Map<string, User>} by name */
let users = new Map()

function readDefinitions() {
  const { mtimeMs, size, ino } = statSync(file)
  const current = `${mtimeMs} ${size} ${ino}`
  if (current === version) return
  /** @type {{ users: User[] }} */
  const definitions = JSON.parse(readFileSync(file, 'utf8'))
  users = new Map(definitions.users.map((user) => [user.name, user]))
  version = current
}

/** @param {URLSearchParams} login */
async function mayLogIn(login) {
  readDefinitions()
  const name = login.get('username') ?? ''
  const password = login.get('password') ?? ''
  const user = users.get(name)
  const isKnown = user !== undefined && isPassword(user.password_hash, password)
  // MQTT always has a client identifier; what has none is the interface for administrators, which wants a tag.
  if (!login.has('client_id')) return isKnown && user.tags.length > 0
  return login.get('client_id') === name && (isKnown || (issuer !== '' && user === undefined && (await isTokenOf(name, password))))
}

/** Asks the issuer (RFC 7662). @param {string} name @param {string} token */
async function isTokenOf(name, token) {
  const body = new URLSearchParams({ token })
  const response = await fetch(new URL('/issuer/introspect', issuer), { method: 'POST', body, signal: AbortSignal.timeout(patience) })
  const { active, username, client_id: clientId } = Object(response.status === 200 ? await response.json() : undefined)
  return active === true && username === name && clientId === name
}

const server = createServer((request, response) => {
  let body = ''
  request.setEncoding('latin1').on('data', (text) => {
    body += text
    if (body.length > longestRequest) request.destroy()
  })
  request.on('end', async () => {
    let isAllowed = false
    try {
      isAllowed = request.method === 'POST' && (await mayLogIn(new URLSearchParams(body)))
    } catch (error) {
      console.error(`A login failed: ${/** @type {Error} */ (error).message}`)
    }
    response.end(isAllowed ? 'allow' : 'deny')
  })
})
server.listen(Number(values.port), '127.0.0.1')
