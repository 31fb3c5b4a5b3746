// The link of a page to a host, without a browser.
import { importSource } from './sources.mjs'

const { DirectChannel } = await importSource('remote/channels')
const { Link } = await importSource('remote/link')

/**
 * A page that is attached, and attaches again to whichever host.
 * @param {{ host: any }} scene whose host is the one that there is
 * @param {string} name of the page and of its lock
 * @param {object} common
 */
export function pageLink(scene, name, common) {
  const link = new Link({ common, user: {}, survives: true, onLeave: async () => {} })
  const attach = (host = scene.host, lock = name) => {
    const [here, there] = DirectChannel.pair()
    host.add(there)
    link.use(here, { tab: name, lock, name: '' })
    return there
  }
  return { link, attach, channel: attach() }
}
