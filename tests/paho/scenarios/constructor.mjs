// Sections 1, 2 and 3: loading, the constructor's forms, properties and handlers.
import { scenariosOf } from '../support/registry.mjs'

const scenario = scenariosOf('constructor')
const properties = ['host', 'port', 'path', 'uri', 'clientId']
const handlers = ['onConnected', 'onConnectionLost', 'onMessageDelivered', 'onMessageArrived', 'trace']

/** @type {[string, unknown[]][]} */
const forms = [
  ['a URI', ['ws://h:9001/mqtt', 'id']],
  ['a URI with TLS and a query', ['wss://h:443/ws?token=a/b', 'id']],
  ['a URI without a port', ['ws://h/mqtt', 'id']],
  ['a URI with an IPv6 address', ['ws://[::1]:1883/mqtt', 'id']],
  ['a URI with an IPv6 address and no port', ['wss://[fe80::1]/', 'id']],
  ['a URI whose path is a slash', ['ws://example.org:80/', 'id']],
  ['host, port and identifier', ['h', 80, 'id']],
  ['host, port, path and identifier', ['h', 80, '/p', 'id']],
  ['a path without a slash', ['h', 80, 'x', 'id']],
  ['an empty path', ['h', 80, '', 'id']],
  ['an IPv6 host', ['fe80::1', 80, '/p', 'id']],
  ['an IPv6 host in brackets', ['[fe80::1]', 80, '/p', 'id']],
  ['port NaN', ['h', NaN, '/p', 'id']],
  ['port 0', ['h', 0, '/p', 'id']],
  ['an empty identifier', ['h', 80, '/p', '']],
  ['an identifier of 65535 code points', ['h', 80, '/p', '😀'.repeat(65_535)]],
  ['a fifth argument', ['h', 80, '/p', 'id', 'more']],
]

for (const [what, given] of forms)
  scenario(`the constructor takes ${what}`, async (w) => {
    const client = await w.client(...given)
    for (const name of properties) await w.call(name, () => client[name])
  })

/** @type {[string, unknown[]][]} */
const refused = [
  ['no argument', []],
  ['one argument', ['h']],
  ['a URI without a path', ['ws://h:80', 'id']],
  ['a URI of another scheme', ['http://h/x', 'id']],
  ['an empty URI', ['', 'id']],
  ['a URI with letters for a port', ['ws://h:abc/x', 'id']],
  ['two numbers', [1, 2]],
  ['a host that is a number', [7, 80, 'id']],
  ['a host that is null', [null, 80, '/p', 'id']],
  ['a host that is an object', [{}, 80, '/p', 'id']],
  ['a port that is text', ['h', '80', 'id']],
  ['a port that is missing', ['h', undefined, 'id']],
  ['a negative port', ['h', -1, 'id']],
  ['a path that is a number', ['h', 80, 7, 'id']],
  ['a path that is undefined', ['h', 80, undefined, 'id']],
  ['an identifier that is a number', ['h', 80, '/p', 7]],
  ['an identifier that is undefined', ['h', 80, '/p', undefined]],
  ['an identifier that is null', ['h', 80, '/p', null]],
  ['an identifier that is too long', ['h', 80, '/p', 'x'.repeat(65_536)]],
  ['a URI and an identifier that is a number', ['ws://h:80/p', 9]],
]

for (const [what, given] of refused) scenario(`the constructor refuses ${what}`, (w) => w.call('new Client', () => new w.Client(...given)))

scenario('the constructor needs a WebSocket', (w) => w.call('new Client', () => new w.Client('h', 80, '/p', 'id')), { noWebSocket: true })

scenario(
  'a page without localStorage sends and receives',
  async (w) => {
    const client = await w.connected()
    await w.call('send', () => client.send('a', 'x', 1))
    w.event(String(w.count('PUBLISH')))
  },
  { noStorage: true },
)

scenario('the package exports two classes', async (w) => {
  await w.call('names', () => ['Client', 'Message'].map((name) => typeof (/** @type {any} */ (w)[name])))
  await w.call('instanceof', () => new w.Message('x') instanceof w.Message)
})

for (const name of properties)
  scenario(`${name} cannot be set`, async (w) => {
    const client = await w.client()
    await w.call(name, () => {
      client[name] = 'x'
    })
    await w.call(name, () => client[name])
  })

for (const name of handlers) {
  scenario(`${name} takes a function and gives it back`, async (w) => {
    const client = await w.call('new', () => new w.Client('h', 80, '/p', 'id'))
    await w.call('before', () => client[name] == null)
    const handler = () => {}
    await w.call('set', () => {
      client[name] = handler
    })
    await w.call('get', () => client[name] === handler)
  })
  for (const value of ['x', 7, {}, true])
    scenario(`${name} refuses ${JSON.stringify(value)}`, async (w) => {
      const client = await w.client()
      await w.call('set', () => {
        client[name] = value
      })
    })
  scenario(`${name} can be cleared`, async (w) => {
    const client = await w.client()
    for (const value of [null, undefined])
      await w.call(`set ${value}`, () => {
        client[name] = value
      })
    await w.call('get', () => client[name] == null)
  })
}

scenario('disconnectedPublishing and disconnectedBufferSize have defaults and take anything', async (w) => {
  const client = await w.client()
  await w.call('defaults', () => [client.disconnectedPublishing, client.disconnectedBufferSize])
  await w.call('set', () => {
    client.disconnectedPublishing = 1
    client.disconnectedBufferSize = 'x'
  })
  await w.call('get', () => [client.disconnectedPublishing, client.disconnectedBufferSize])
})

scenario('the methods of a client are there', async (w) => {
  const client = await w.client()
  const names = [
    'connect',
    'subscribe',
    'unsubscribe',
    'send',
    'publish',
    'disconnect',
    'getTraceLog',
    'startTrace',
    'stopTrace',
    'isConnected',
  ]
  await w.call('methods', () => names.map((name) => typeof client[name]))
  await w.call('names', () => Object.keys(client))
})

scenario('a method works when it is taken off its client', async (w) => {
  const client = await w.connected()
  const { send, isConnected, subscribe } = client
  await w.call('isConnected', () => isConnected())
  await w.call('send', () => send('a', 'x'))
  await w.call('subscribe', () => subscribe('a'))
})

scenario('before connect() nothing works', async (w) => {
  const client = await w.client()
  await w.call('isConnected', () => client.isConnected())
  await w.call('subscribe', () => client.subscribe('a'))
  await w.call('unsubscribe', () => client.unsubscribe('a'))
  await w.call('send', () => client.send('a', 'x'))
  await w.call('publish', () => client.publish('a', 'x'))
  await w.call('disconnect', () => client.disconnect())
})
