// The doctor of the package, which is loaded when it is asked.
import { signal } from '@preact/signals'
import type { Diagnosis } from 'websocket-mq/doctor'
import { isOwnServer, password, settings } from '../store/settings.js'
import { sentence } from '../ui/text.js'
import { findIssuer } from './issuer.js'
import { randomName } from './options.js'

/** Where it publishes: the demo's users may, under access rules too. */
export const DOCTOR_TOPIC = 'demo/doctor'

export const diagnosis = signal<Diagnosis | undefined>(undefined)
export const isExamining = signal(false)
export const failure = signal('')

export async function examine(): Promise<void> {
  if (isExamining.peek()) return
  isExamining.value = true
  failure.value = ''
  try {
    const { diagnose } = await import('websocket-mq/doctor')
    diagnosis.value = await diagnose(settings.peek().address, { ...(await account()), topic: DOCTOR_TOPIC })
  } catch (error) {
    failure.value = sentence(error)
  } finally {
    isExamining.value = false
  }
}

/** As whom it looks: with the page's own name, it would displace the page. */
async function account() {
  const { address, org, user, username, version: protocolVersion } = settings.peek()
  if (username !== '') return { protocolVersion, credentials: { username, password: password.peek() } }
  const issuer = isOwnServer(address) ? await findIssuer(user) : undefined
  if (issuer === undefined) return { protocolVersion }
  const uid = `${org}:${user}:${randomName()}`
  const { username: name = '', password: secret = '' } = await issuer({ clientId: uid })
  return { protocolVersion, credentials: { username: name, password: secret }, clientId: uid, uid, as: 'webapp' as const }
}
