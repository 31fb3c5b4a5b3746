import { randomBytes } from 'node:crypto'
import { dynamicSecurity, dynamicSecurityForIssuer } from '../../deploy/access/mosquitto.mjs'
import { startDeployedMosquitto } from '../../tests/support/deployed-mosquitto.mjs'

/** @typedef {import('../../deploy/access/rules.mjs').Account} Account */

/** What the page of the demo may do beside what the convention gives a webapp: its publish form and its explorer. */
export const demoRole = 'demo'
const demoTopics = ['demo/#', 'lab/#']

const password = () => randomBytes(18).toString('base64url')

/** @returns {{ command: string }} */
function roleOfDemo() {
  const acls = ['publishClientSend', 'publishClientReceive', 'subscribePattern'].flatMap((acltype) =>
    demoTopics.map((topic) => ({ acltype, topic, priority: 0, allow: true })),
  )
  return /** @type {{ command: string }} */ ({ command: 'createRole', rolename: demoRole, acls })
}

/**
 * Mosquitto as it is deployed, with an account for each of the given ones and for the issuer. Nobody else comes in.
 * @param {Account[]} accounts
 */
export async function startDemoBroker(accounts) {
  const broker = await startDeployedMosquitto({ administratorPassword: password() })
  const issuerPassword = password()
  const passwords = new Map(accounts.map(({ role, name }) => [`${role}=${name}`, password()]))
  /** @param {Account} account */
  const passwordOf = ({ role, name }) => passwords.get(`${role}=${name}`) ?? ''
  const commands = [
    roleOfDemo(),
    ...dynamicSecurityForIssuer(issuerPassword).commands,
    ...accounts.flatMap((account) => dynamicSecurity(account, 'app/', passwordOf(account)).commands),
  ]
  await broker.command({ commands }).catch(async (error) => {
    await broker.close()
    throw error
  })
  return { ...broker, issuerPassword, passwordOf }
}
