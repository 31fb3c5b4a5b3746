import { randomBytes } from 'node:crypto'
import { dynamicSecurity, dynamicSecurityForIssuer } from '../../deploy/access/mosquitto.mjs'
import { startDeployedMosquitto } from '../../tests/support/deployed-mosquitto.mjs'

/** @typedef {import('../../deploy/access/rules.mjs').Account} Account */

/** What the page of the demo may do beside what the convention gives a webapp: its publish form and its explorer. */
export const demoRole = 'demo'
const demoTopics = ['demo/#', 'lab/#']
/** What the simulated devices tell besides. */
const readingsRole = 'readings'
const readings = 'lab/+/climate'

const password = () => randomBytes(18).toString('base64url')

/** @returns {{ command: string }} */
function roleOfDemo() {
  const acls = ['publishClientSend', 'publishClientReceive', 'subscribePattern'].flatMap((acltype) =>
    demoTopics.map((topic) => ({ acltype, topic, priority: 0, allow: true })),
  )
  return /** @type {{ command: string }} */ ({ command: 'createRole', rolename: demoRole, acls })
}

const roleOfReadings = {
  command: 'createRole',
  rolename: readingsRole,
  acls: [{ acltype: 'publishClientSend', topic: readings, priority: 0, allow: true }],
}

/** @param {Account} account */
const readingsOf = ({ role, name: username }) => (role === 'device' ? [{ command: 'addClientRole', username, rolename: readingsRole }] : [])

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
    roleOfReadings,
    ...dynamicSecurityForIssuer(issuerPassword).commands,
    ...accounts.flatMap((account) => [...dynamicSecurity(account, 'app/', passwordOf(account)).commands, ...readingsOf(account)]),
  ]
  await broker.command({ commands }).catch(async (error) => {
    await broker.close()
    throw error
  })
  return { ...broker, issuerPassword, passwordOf }
}
