// node main.mjs: the issuer, configured by its environment. SIGTERM ends it when what is in hand is answered.
import { configurationIn, ConfigurationError } from './configuration.mjs'
import { EmqxConnections } from './emqx-connections.mjs'
import { Issuer } from './issuer.mjs'
import { KeyFile, sharedSecret } from './keys.mjs'
import { MosquittoCredentials } from './mosquitto.mjs'
import { RabbitMqConnections } from './rabbitmq-connections.mjs'
import { Revocations } from './revocations.mjs'
import { askedSite, DemoSessions, signedHeader } from './sessions.mjs'
import { TokenCredentials } from './tokens.mjs'

/** @typedef {ReturnType<typeof configurationIn>} Configuration */

const log = (/** @type {string} */ text) => console.error(text)

/** @param {Configuration} configuration */
async function credentialsFor({ broker, root, lifetime }) {
  if (broker.kind === 'mosquitto') return new MosquittoCredentials({ ...broker, root, lifetime, log })
  const { form, signing, api } = broker
  const keys = signing.kind === 'secret' ? sharedSecret(signing.secret) : await new KeyFile(signing).open()
  const Connections = form === 'rabbitmq' ? RabbitMqConnections : EmqxConnections
  return new TokenCredentials({ keys, root, lifetime, form, log, ...(api && { connections: new Connections({ ...api, lifetime, log }) }) })
}

/** @param {Configuration['sessions']} sessions */
function sessionsFor(sessions) {
  if (sessions.kind === 'site') return { findSession: askedSite(sessions.url) }
  if (sessions.kind === 'header') return { findSession: signedHeader(sessions.secret) }
  const demo = new DemoSessions(sessions)
  return { findSession: demo.find, demo }
}

async function main() {
  const configuration = configurationIn(process.env)
  const { host, port, origins, administratorToken, revocationFile: file, lifetime } = configuration
  const revocations = await new Revocations({ ...(file ? { file } : {}), lifetime }).open()
  const credentials = await credentialsFor(configuration)
  const issuer = new Issuer({ credentials, ...sessionsFor(configuration.sessions), origins, administratorToken, revocations, log })
  let isEnding = false
  const end = async () => {
    if (isEnding) return
    isEnding = true
    await issuer.close()
  }
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP']) process.on(signal, () => void end())
  try {
    log(`Listening on ${host}:${await issuer.listen(port, host)}`)
  } catch (error) {
    await credentials.close()
    throw error
  }
}

try {
  await main()
} catch (error) {
  log(error instanceof ConfigurationError ? error.message : String(/** @type {Error} */ (error).message))
  process.exitCode = 1
}
