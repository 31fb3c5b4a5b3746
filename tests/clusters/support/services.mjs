import { buildCommand, Running } from '../../command/support.mjs'

/**
 * Instances of a service that answers with what it was asked, as an operator runs them. None of the brokers here has shared
 * subscriptions, and not all of them say so.
 * @param {readonly string[]} instances
 * @param {object} where
 * @param {string} where.url
 * @param {{ username: string, password: string }} where.credentials
 * @param {3 | 4 | 5} where.protocolVersion
 */
export async function startServices(instances, { url, credentials: { username, password }, protocolVersion }) {
  const program = await buildCommand()
  const version = { 3: '31', 4: '311', 5: '5' }[protocolVersion]
  const account = `${encodeURIComponent(username)}:${encodeURIComponent(password)}@`
  const running = instances.map((instance) => {
    const args = ['serve', 'demo', '--echo', '--no-share', '--instance', instance]
    return new Running(program, [...args, '-L', url.replace('://', `://${account}`), '-V', version, '-d'])
  })
  return {
    log: () => running.map(({ err }) => err.slice(-4000)).join('\n'),
    async close() {
      for (const one of running) one.child.kill('SIGKILL')
      await Promise.all(running.map(({ ended }) => ended))
    },
  }
}
