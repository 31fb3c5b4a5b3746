// node rabbitmq-login.mjs --definitions FILE [--port PORT]: an authentication backend for RabbitMQ over HTTP.
// By itself RabbitMQ lets an account use any client identifier, and so end the connection of another; here the client
// identifier has to be the user name. Users and hashes are those of the definitions, which are read again when they change.
import { readFileSync, statSync } from 'node:fs'
import { createServer } from 'node:http'
import { URLSearchParams } from 'node:url'
import { parseArgs } from 'node:util'
import { isPassword } from './rabbitmq.mjs'

/** Characters; far above what RabbitMQ sends for the longest password. */
const longestRequest = 1 << 18

const { values } = parseArgs({ options: { definitions: { type: 'string', default: '' }, port: { type: 'string', default: '9002' } } })
const file = values.definitions
if (!file) throw new Error('--definitions is the file that RabbitMQ has its users from.')

let version = ''
/** @type {Map<string, string>} user name to hash */
let hashes = new Map()

function readDefinitions() {
  const { mtimeMs, size, ino } = statSync(file)
  const current = `${mtimeMs} ${size} ${ino}`
  if (current === version) return
  /** @type {{ users: { name: string, password_hash: string }[] }} */
  const { users } = JSON.parse(readFileSync(file, 'utf8'))
  hashes = new Map(users.map(({ name, password_hash }) => [name, password_hash]))
  version = current
}

/** @param {URLSearchParams} login */
function mayLogIn(login) {
  readDefinitions()
  const name = login.get('username') ?? ''
  const hash = hashes.get(name)
  return hash !== undefined && login.get('client_id') === name && isPassword(hash, login.get('password') ?? '')
}

const server = createServer((request, response) => {
  let body = ''
  request.setEncoding('latin1').on('data', (text) => {
    body += text
    if (body.length > longestRequest) request.destroy()
  })
  request.on('end', () => {
    let isAllowed = false
    try {
      isAllowed = request.method === 'POST' && mayLogIn(new URLSearchParams(body))
    } catch (error) {
      console.error(`Nobody can log in: ${/** @type {Error} */ (error).message}`)
    }
    response.end(isAllowed ? 'allow' : 'deny')
  })
})
server.listen(Number(values.port), '127.0.0.1')
