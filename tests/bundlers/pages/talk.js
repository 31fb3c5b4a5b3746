/**
 * What one webapp answers another.
 * @param {typeof import('websocket-mq/webapp').Webapp} Webapp
 * @param {object} [options] of both
 */
export async function talk(Webapp, options) {
  const [ann, bob] = await Promise.all(
    ['ann', 'bob'].map((user) => Webapp.join('/ws_mqtt', { org: 'acme', user, root: 'bundled/', ...options })),
  )
  bob.expose({ join: (words) => words.join(' ') })
  const result = await ann.peer(bob.uid).request('join', ['page', 'works'])
  await Promise.all([ann.leave(), bob.leave()])
  return result
}
