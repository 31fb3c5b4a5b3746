// What all these pages use: how they connect, and what the tests count.
import { Webapp } from 'websocket-mq/webapp'

const options = new URLSearchParams(location.search)
const root = options.get('root') ?? ''

/** Topics of the test's own. */
export const topic = (/** @type {string} */ name) => root + name

/** @type {string[]} what handlers heard */
export const heard = []
Object.assign(globalThis, { heard, joins: 0 })

/** @param {{ signal: AbortSignal }} given */
export const join = ({ signal }) => {
  globalThis.joins += 1
  if (options.has('refused')) return Promise.reject(new Error('nobody is let in'))
  return Webapp.join(options.get('broker') ?? '/ws_mqtt', { root, org: 'acme', user: 'ann', signal, willDelay: 0 })
}

/** @param {(root: Element) => () => void} mount */
export function run(mount) {
  const app = /** @type {Element} */ (document.querySelector('#app'))
  let unmount = mount(app)
  document.querySelector('#unmount')?.addEventListener('click', () => unmount())
  document.querySelector('#mount')?.addEventListener('click', () => (unmount = mount(app)))
}
