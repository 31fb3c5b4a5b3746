import { mkdtemp, rm } from 'node:fs/promises'
import { request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { dynamicSecurityForIssuer } from '../../deploy/access/mosquitto.mjs'
import { startDeployedMosquitto } from '../support/deployed-mosquitto.mjs'
import { ServerProcess } from '../support/server-process.mjs'

const program = fileURLToPath(new URL('../../deploy/issuer/main.mjs', import.meta.url))

export const administratorToken = 'administrator '.repeat(3).replaceAll(' ', '-')

/** @typedef {{ status: number, headers: import('node:http').IncomingHttpHeaders, body: any, text: string }} Answer */

/** Mosquitto as it is deployed, with the account of an issuer. */
export async function startBrokerForIssuer() {
  const broker = await startDeployedMosquitto()
  await broker.command(dynamicSecurityForIssuer('issuer-password')).catch(async (error) => {
    await broker.close()
    throw error
  })
  return broker
}

/**
 * The issuer as it is deployed, with users of a demonstration where the environment says nothing else.
 * @param {Record<string, string>} env
 */
export async function startIssuer(env) {
  const directory = await mkdtemp(join(tmpdir(), 'wsmq-issuer-'))
  const forget = () => rm(directory, { recursive: true, force: true })
  const server = new ServerProcess(process.execPath, [program], {
    ISSUER_PORT: '0',
    ISSUER_SESSIONS: 'demo',
    ISSUER_DEMO_USERS: 'ann bob',
    ISSUER_ADMIN_TOKEN: administratorToken,
    ISSUER_REVOCATION_FILE: join(directory, 'revocations.json'),
    ...env,
  })
  await server.start([], /Listening on .*:\d+/).catch(async (error) => {
    await forget()
    throw error
  })
  const port = Number(/Listening on .*:(\d+)/.exec(server.output)?.[1])
  return {
    port,
    log: () => server.output,
    async close() {
      await server.stop()
      await forget()
    },
    ...client(port),
  }
}

/** @param {string} url of the broker */
export const forMosquitto = (url) => ({ ISSUER_BROKER: 'mosquitto', ISSUER_BROKER_URL: url, ISSUER_BROKER_PASSWORD: 'issuer-password' })

/** What asks an issuer, as a page and an administrator do. @param {number} port */
export function client(port) {
  /**
   * @param {string} path
   * @param {unknown} [body] a string goes as it is, anything else as JSON
   * @param {Record<string, string>} [headers]
   */
  const post = (path, body, headers = {}) => ask(port, 'POST', path, body, { 'Content-Type': 'application/json', ...headers })
  /** @param {string} user @param {Record<string, string>} [headers] @returns {Promise<string>} the cookie */
  const logIn = async (user, headers) => {
    const { status, headers: answered, text } = await post('/issuer/login', { user }, headers)
    if (status !== 204) throw new Error(`${status} ${text}`)
    return answered['set-cookie']?.[0]?.split(';')[0] ?? ''
  }
  return {
    post,
    logIn,
    get: (/** @type {string} */ path) => ask(port, 'GET', path),
    /** @param {string} user @param {string} uid */
    credentialFor: async (user, uid) => {
      const { status, body, text } = await post('/issuer/credential', { uid }, { Cookie: await logIn(user) })
      if (status !== 200) throw new Error(`${status} ${text}`)
      return body
    },
    /** @param {unknown} body */
    revoke: (body, token = administratorToken) => post('/issuer/revoke', body, { Authorization: `Bearer ${token}` }),
  }
}

/**
 * @param {number} port @param {string} method @param {string} path @param {unknown} [body] @param {Record<string, string>} [headers]
 * @returns {Promise<Answer>}
 */
export function ask(port, method, path, body, headers = {}) {
  return new Promise((resolve, reject) => {
    const sent = request({ host: '127.0.0.1', port, method, path, headers, agent: false }, (response) => {
      let text = ''
      response.setEncoding('utf8').on('data', (part) => (text += part))
      response.on('end', () => {
        const isJson = response.headers['content-type'] === 'application/json'
        resolve({ status: response.statusCode ?? 0, headers: response.headers, body: isJson ? JSON.parse(text) : undefined, text })
      })
    })
    sent.on('error', reject)
    sent.end(body === undefined ? undefined : typeof body === 'string' || Buffer.isBuffer(body) ? body : JSON.stringify(body))
  })
}
