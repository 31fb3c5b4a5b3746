// Credentials of the page's own server, where it has an issuer: /issuer/login makes a session, /issuer/credential turns it
// into a credential for one uid.
import type { CredentialsRequest, ExpiringCredentials } from 'websocket-mq/webapp/wasm'
import { record, text } from '../store/shapes.js'

/** Milliseconds. */
const PATIENCE = 10_000

export type Issued = (request: Pick<CredentialsRequest, 'clientId'>) => Promise<ExpiringCredentials>

/** Undefined: there is no issuer, so connect without credentials. */
export async function findIssuer(user: string, signal?: AbortSignal): Promise<Issued | undefined> {
  if (!(await logIn(user, signal))) return undefined
  // The tabs of a browser share one session, and may be different users: nobody logs in between.
  return ({ clientId }) =>
    alone(async () => {
      if (!(await logIn(user))) throw new Error(`The issuer does not let ${user} log in: ask who runs it.`)
      const response = await post('/issuer/credential', { uid: clientId })
      if (!response.ok) throw new Error(`The issuer has no credential for ${clientId} (HTTP status ${response.status}).`)
      const { username, password, expiresAt } = record(await response.json())
      return {
        username: text(username, ''),
        password: text(password, ''),
        ...(typeof expiresAt === 'number' ? { expiresAt } : {}),
      }
    })
}

async function logIn(user: string, signal?: AbortSignal): Promise<boolean> {
  try {
    return (await post('/issuer/login', { user }, signal)).ok
  } catch {
    return false
  }
}

function post(path: string, body: object, signal?: AbortSignal): Promise<Response> {
  const limit = AbortSignal.timeout(PATIENCE)
  return fetch(path, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify(body),
    signal: signal === undefined ? limit : AbortSignal.any([signal, limit]),
  })
}

async function alone<Result>(act: () => Promise<Result>): Promise<Result> {
  // Only pages of secure contexts have locks.
  const { locks } = navigator as { locks?: LockManager }
  return locks === undefined ? act() : await locks.request('websocket-mq demo issuer', act)
}
