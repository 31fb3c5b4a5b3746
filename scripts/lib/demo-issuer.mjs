import { freePort } from '../../tests/support/free-port.mjs'
import { ServerProcess } from '../../tests/support/server-process.mjs'
import { demoRole } from './demo-broker.mjs'
import { root } from './root.mjs'

export const demoUsers = ['ann', 'bob', 'carla']

/**
 * deploy/issuer, where everybody may log in as one of the demo's users.
 * @param {{ url: string, password: string }} broker
 */
export async function startDemoIssuer({ url, password }) {
  const port = await freePort()
  const server = new ServerProcess(process.execPath, [`${root}deploy/issuer/main.mjs`], {
    ISSUER_PORT: String(port),
    ISSUER_SESSIONS: 'demo',
    ISSUER_DEMO_USERS: demoUsers.join(' '),
    ISSUER_BROKER: 'mosquitto',
    ISSUER_BROKER_URL: url,
    ISSUER_BROKER_PASSWORD: password,
    ISSUER_ROLES: demoRole,
  })
  const close = () => server.stop()
  await server.start([port], /Connected to the broker/).catch(async (error) => {
    await close()
    throw error
  })
  return { port, close }
}
