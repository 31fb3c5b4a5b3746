// The same in a worker.
// @ts-expect-error -- built before the tests run
import { Webapp } from '/dist/webapp.js'

self.onmessage = async ({ data: { url, root, peer } }) => {
  const app = await Webapp.join(url, { org: 'acme', user: 'worker', root })
  const sum = await app.peer(peer).request('sum', [20, 22])
  await app.leave()
  self.postMessage({ uid: app.uid, sum })
}
