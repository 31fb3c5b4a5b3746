// Section 4: which options connect() takes, what it says to others, and what it makes of them on the wire.
import { scenariosOf } from '../support/registry.mjs'

const scenario = scenariosOf('connect-options')

/** @param {any} w @param {any} [fields] */
function message(w, fields = { destinationName: 'will' }) {
  return Object.assign(new w.Message('gone'), fields)
}

/** @type {[string, (w: any) => any][]} */
const refused = [
  ['an unknown option', () => ({ clean: true })],
  ['two unknown options', () => ({ a: 1, b: 2 })],
  ['timeout as text', () => ({ timeout: '3' })],
  ['timeout undefined', () => ({ timeout: undefined })],
  ['userName undefined', () => ({ userName: undefined })],
  ['userName null', () => ({ userName: null })],
  ['password as a number', () => ({ userName: 'u', password: 7 })],
  ['password without userName', () => ({ password: 'secret' })],
  ['willMessage as text', () => ({ willMessage: 'x' })],
  ['willMessage that is no Message', () => ({ willMessage: {} })],
  ['willMessage without a topic', (w) => ({ willMessage: new w.Message('x') })],
  ['keepAliveInterval as text', () => ({ keepAliveInterval: '60' })],
  ['cleanSession as a number', () => ({ cleanSession: 1 })],
  ['useSSL as text', () => ({ useSSL: 'true' })],
  ['invocationContext as text', () => ({ invocationContext: 'x' })],
  ['invocationContext as a number', () => ({ invocationContext: 7 })],
  ['onSuccess that is no function', () => ({ onSuccess: {} })],
  ['onFailure that is null', () => ({ onFailure: null })],
  ['hosts as text', () => ({ hosts: 'h' })],
  ['hosts as an object', () => ({ hosts: {} })],
  ['hosts that are empty', () => ({ hosts: [], ports: [] })],
  ['hosts without ports', () => ({ hosts: ['a'] })],
  ['hosts with fewer ports', () => ({ hosts: ['a', 'b'], ports: [1] })],
  ['hosts with ports as an object', () => ({ hosts: ['a'], ports: {} })],
  ['hosts with a port as text', () => ({ hosts: ['a', 'b'], ports: [1, '2'] })],
  ['hosts with a negative port', () => ({ hosts: ['a'], ports: [-1] })],
  ['hosts with a number', () => ({ hosts: ['a', 7], ports: [1, 2] })],
  ['a full address among hosts', () => ({ hosts: ['a', 'ws://b/'], ports: [1, 2] })],
  ['a host among full addresses', () => ({ hosts: ['ws://b/', 'a'], ports: [1, 2] })],
  ['reconnect as a number', () => ({ reconnect: 1 })],
  ['mqttVersion as text', () => ({ mqttVersion: '4' })],
  ['mqttVersion 2', () => ({ mqttVersion: 2 })],
  ['mqttVersion 6', () => ({ mqttVersion: 6 })],
  ['mqttVersionExplicit as a number', () => ({ mqttVersionExplicit: 1 })],
  ['uris as text', () => ({ uris: 'ws://h/' })],
  ['two mistakes: the first key is told', () => ({ useSSL: 1, timeout: '3' })],
  ['two mistakes: types before values', () => ({ mqttVersion: 2, password: 'secret', useSSL: 1 })],
  ['two mistakes: the password before the version', () => ({ mqttVersion: 2, password: 'secret' })],
  ['two mistakes: the version before the hosts', () => ({ hosts: [], mqttVersion: 2 })],
  ['two mistakes: the will before the hosts', () => ({ hosts: [], willMessage: {} })],
]

for (const [what, options] of refused)
  scenario(`connect() refuses ${what}`, async (w) => {
    const client = await w.client()
    await w.call('connect', () => client.connect(w.options(options(w))))
    await w.call('isConnected', () => client.isConnected())
  })

/** @type {[string, (w: any) => any][]} */
const taken = [
  ['nothing', () => undefined],
  ['null', () => null],
  ['an empty object', () => ({})],
  ['a user name', () => ({ userName: 'u' })],
  ['a user name and a password', () => ({ userName: 'u', password: 'secret' })],
  ['an empty user name and password', () => ({ userName: '', password: '' })],
  ['a user name beyond ASCII', () => ({ userName: 'Käthe €😀', password: 'ß' })],
  ['a will', (w) => ({ willMessage: message(w) })],
  ['a will with qos 1', (w) => ({ willMessage: message(w, { destinationName: 'will', qos: 1 }) })],
  ['a will with qos 2, retained', (w) => ({ willMessage: message(w, { destinationName: 'will', qos: 2, retained: true }) })],
  ['a binary will', (w) => ({ willMessage: Object.assign(new w.Message(Uint8Array.of(0, 255)), { destinationName: 'will' }) })],
  ['an empty will', (w) => ({ willMessage: Object.assign(new w.Message(''), { destinationName: 'will' }) })],
  ['a will that is null', () => ({ willMessage: null })],
  ['keep alive 0', () => ({ keepAliveInterval: 0 })],
  ['keep alive 5', () => ({ keepAliveInterval: 5 })],
  ['keep alive 65535', () => ({ keepAliveInterval: 65_535 })],
  ['cleanSession false', () => ({ cleanSession: false })],
  ['useSSL', () => ({ useSSL: true })],
  ['useSSL false', () => ({ useSSL: false })],
  ['invocationContext null', () => ({ invocationContext: null })],
  ['an invocationContext', () => ({ invocationContext: { mine: 1 } })],
  ['an array as invocationContext', () => ({ invocationContext: [1] })],
  ['mqttVersion 3', () => ({ mqttVersion: 3 })],
  ['mqttVersion 4', () => ({ mqttVersion: 4 })],
  ['mqttVersionExplicit alone', () => ({ mqttVersionExplicit: true })],
  ['mqttVersion 4, not explicit', () => ({ mqttVersion: 4, mqttVersionExplicit: false })],
  ['hosts and ports', () => ({ hosts: ['a', '::1'], ports: [1, 2] })],
  ['hosts and ports with useSSL', () => ({ hosts: ['a'], ports: [1], useSSL: true })],
  ['full addresses as hosts', () => ({ hosts: ['wss://a/x', 'ws://b:1/y'] })],
  ['full addresses as hosts with useSSL', () => ({ hosts: ['ws://a/x'], useSSL: true })],
  ['uris', () => ({ uris: ['ws://u:1/x', 'ws://v:1/x'] })],
  ['uris with useSSL', () => ({ uris: ['ws://u:1/x'], useSSL: true })],
  ['uris and hosts: hosts win', () => ({ uris: ['ws://u:1/x'], hosts: ['a'], ports: [1] })],
  ['an inherited option, which is not seen', () => Object.create({ userName: 7 })],
]

for (const [what, options] of taken)
  scenario(`connect() takes ${what}`, async (w) => {
    const client = await w.client()
    const given = options(w)
    await w.call('connect', () => client.connect(given == null ? given : w.options(given)))
    await w.accept()
    await w.call('isConnected', () => client.isConnected())
    await w.call('uri', () => client.uri)
  })

scenario('connect() hands the invocationContext back', async (w) => {
  const client = await w.client()
  await w.connect(client, { invocationContext: { mine: 1 } })
  await w.accept()
})

scenario('connect() changes the options that it was given', async (w) => {
  const client = await w.client()
  const options = await w.connect(client, { userName: 'u' })
  await w.call('options', () => options)
  await w.accept()
})

scenario('connect() with frozen options', async (w) => {
  const client = await w.client()
  await w.call('connect', () => client.connect(Object.freeze(w.options({ timeout: 5 }))))
  w.event(`${w.sockets.length} sockets`)
})

scenario('connect() with options that served already', async (w) => {
  const client = await w.client()
  const options = await w.connect(client, {})
  await w.closes()
  await w.closes()
  await w.call('connect again', () => client.connect(options))
  await w.accept()
})

scenario('connect() returns nothing', async (w) => {
  const client = await w.client()
  await w.call('connect', () => typeof client.connect(w.options({})))
})

scenario('connect() twice', async (w) => {
  const client = await w.client()
  await w.connect(client)
  await w.call('connect again', () => client.connect())
  await w.accept()
  await w.call('connect again', () => client.connect())
})

scenario('connect() after disconnect()', async (w) => {
  const client = await w.connected()
  await w.call('disconnect', () => client.disconnect())
  await w.connect(client)
  await w.accept()
  await w.call('isConnected', () => client.isConnected())
})

scenario('connect() in onFailure', async (w) => {
  const client = await w.client()
  let again = true
  await w.call('connect', () =>
    client.connect(
      w.options({
        mqttVersion: 4,
        onFailure: w.handler('onFailure', () => {
          if (again) client.connect(w.options({ mqttVersion: 3, onSuccess: w.handler('onSuccess') }))
          again = false
        }),
      }),
    ),
  )
  await w.closes()
  await w.accept()
  await w.call('isConnected', () => client.isConnected())
})
