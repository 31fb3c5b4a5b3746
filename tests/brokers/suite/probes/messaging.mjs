// All messaging of the package, between webapps, a service and a device.
import { becomes, Webapp } from '../lab.mjs'
import { serve } from '../service.mjs'

/** @typedef {import('../lab.mjs').Lab} Lab */

const items = 10_000

/** Nobody else's topics. @param {Lab} lab */
const rootOf = (lab) => `${lab.id}/`

/** On the last node, where there are several, so that two webapps and a service are apart. @param {Lab} lab */
const lastNode = (lab) => lab.target.urls.length - 1

/** @param {Lab} lab @param {string} user @param {number} [node] @param {object} [options] */
async function join(lab, user, node = 0, options = {}) {
  const { username, password } = lab.target.credentials ?? {}
  const app = await Webapp.join(lab.url(node), {
    ...{ org: 'acme', user, root: rootOf(lab), protocolVersion: lab.version, connectTimeout: 8000, state: { name: user } },
    ...(username === undefined ? {} : { credentials: { username, ...(password === undefined ? {} : { password }) } }),
    ...options,
  })
  app.on('error', () => {})
  lab.clear(`${rootOf(lab)}webapp/status/${app.uid}`)
  lab.defer(() => app.leave({ signal: AbortSignal.timeout(1000) }))
  return app
}

/** Two webapps that see each other. @param {Lab} lab */
async function couple(lab) {
  const ann = await join(lab, 'ann')
  const bob = await join(lab, 'bob', lastNode(lab))
  return { ann, bob }
}

/** @param {Lab} lab @param {{ shared: boolean }} options @returns {Promise<string>} the service's name */
async function startService(lab, { shared }) {
  const [service, instance] = [`s${lab.id}`, 'one']
  const record = `${rootOf(lab)}webapp/svc/${service}/${instance}`
  lab.clear(record)
  const will = {
    topic: record,
    payload: Buffer.from(JSON.stringify({ online: false, service, instance })),
    qos: /** @type {const} */ (1),
    retain: true,
  }
  await serve(await lab.other({ will }, lab.url(lastNode(lab))), { root: rootOf(lab), service, instance, shared })
  return service
}

/** @param {Lab} lab @param {boolean} shared */
async function request(lab, shared) {
  const service = await startService(lab, { shared })
  const app = await join(lab, 'ann')
  // The nodes of a cluster learn of the service's subscription in their own time.
  let wrong
  for (let tries = 0; tries < 3; ++tries) {
    try {
      const answer = await app.request(service, 'echo', { a: 'grün' }, { timeout: 2500 })
      return answer?.a === 'grün' ? 'yes' : `no (answered ${JSON.stringify(answer)})`
    } catch (error) {
      wrong = error
    }
  }
  throw wrong
}

/** @param {any} call */
async function countItems(call) {
  let next = 0
  for await (const item of call) if (item !== next++) return `no (item ${next - 1} is ${item})`
  return next === items ? 'yes' : `no (${next} of ${items})`
}

/** @type {import('../run.mjs').Probe[]} */
export const messaging = [
  {
    row: 'join',
    async run(lab) {
      await join(lab, 'ann')
      return 'yes'
    },
  },
  {
    row: 'presence: a newcomer sees who was there',
    async run(lab) {
      const { ann, bob } = await couple(lab)
      return (await becomes(() => bob.presence.has(ann.uid), 8000)) ? 'yes' : 'no'
    },
  },
  {
    row: 'presence: all see who comes and who leaves',
    async run(lab) {
      const { ann, bob } = await couple(lab)
      if (!(await becomes(() => ann.presence.has(bob.uid), 8000))) return 'no (not who comes)'
      await bob.leave()
      return (await becomes(() => !ann.presence.has(bob.uid), 8000)) ? 'yes' : 'no (not who leaves)'
    },
  },
  { row: 'request to a service that shares', seconds: 20, run: (lab) => request(lab, true) },
  { row: 'request to a service that does not share', seconds: 20, run: (lab) => request(lab, false) },
  {
    row: 'a request to nobody fails at once',
    async run(lab) {
      const app = await join(lab, 'ann')
      const start = performance.now()
      const error = await app.request('nobody', 'echo', {}, { timeout: 3000 }).catch((/** @type {any} */ thrown) => thrown)
      if (performance.now() - start < 2000) return `yes (${error.name})`
      return 'no (its time limit decides)'
    },
  },
  {
    row: 'discovery',
    async run(lab) {
      const app = await join(lab, 'ann')
      const services = app.services
      const service = await startService(lab, { shared: false })
      return (await becomes(() => services.of(service).length === 1, 8000)) ? 'yes' : 'no'
    },
  },
  {
    row: 'peers: message and request',
    async run(lab) {
      const { ann, bob } = await couple(lab)
      /** @type {unknown[]} */
      const heard = []
      bob.on('message', (/** @type {any} */ message) => heard.push(message.data))
      bob.expose({ sum: (/** @type {number[]} */ terms) => terms.reduce((total, term) => total + term, 0) })
      ann.peer(bob.uid).send('hello')
      const sum = await ann.peer(bob.uid).request('sum', [1, 2])
      return sum === 3 && (await becomes(() => heard.includes('hello'))) ? 'yes' : 'no'
    },
  },
  {
    row: 'rooms',
    async run(lab) {
      const { ann, bob } = await couple(lab)
      /** @type {unknown[]} */
      const heard = []
      bob.room('hall').on((/** @type {any} */ message) => heard.push(message.data))
      const hall = ann.room('hall')
      for (let tries = 0; tries < 20 && heard.length === 0; ++tries) {
        hall.send('hello') // the subscription of the other has no acknowledgement that one could wait for
        await becomes(() => heard.length > 0, 250)
      }
      return heard.includes('hello') ? 'yes' : 'no'
    },
  },
  {
    row: 'devices',
    async run(lab) {
      const app = await join(lab, 'ann', lastNode(lab))
      const watched = app.devices(['SN1'])
      const device = await lab.other()
      const topic = `${rootOf(lab)}device/status/SN1`
      lab.clear(topic)
      await device.publishAsync(topic, JSON.stringify({ online: true }), { qos: 1, retain: true })
      return (await becomes(() => watched.get('SN1')?.online === true, 8000)) ? 'yes' : 'no'
    },
  },
  {
    row: `stream of ${items.toLocaleString('en')} items from a service`,
    seconds: 90,
    alone: true,
    async run(lab) {
      const service = await startService(lab, { shared: false })
      const app = await join(lab, 'ann')
      return countItems(app.request(service, 'count', { items }, { timeout: 90_000 }))
    },
  },
  {
    row: `stream of ${items.toLocaleString('en')} items from a peer`,
    seconds: 90,
    alone: true,
    async run(lab) {
      const { ann, bob } = await couple(lab)
      bob.expose({
        async *count() {
          for (let item = 0; item < items; ++item) yield item
        },
      })
      return countItems(ann.peer(bob.uid).request('count', [], { timeout: 90_000 }))
    },
  },
]
