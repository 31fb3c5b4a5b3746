// Section 10: the trace.
import { publish } from '../support/packets.mjs'
import { scenariosOf } from '../support/registry.mjs'

const scenario = scenariosOf('trace')

/** What applications can rely on: their own calls are told, by name. @param {unknown} log */
const names = (log) => /** @type {unknown[]} */ (log).filter((entry) => typeof entry === 'string' && /^Client\.[a-z]+$/.test(entry))

scenario('there is no log before it is started', async (w) => {
  const client = await w.client()
  await w.call('getTraceLog', () => client.getTraceLog() === undefined)
  await w.call('startTrace', () => client.startTrace())
  await w.call('getTraceLog', () => Array.isArray(client.getTraceLog()))
  await w.call('stopTrace', () => client.stopTrace())
  await w.call('getTraceLog', () => client.getTraceLog() === undefined)
})

scenario('the log tells of calls', async (w) => {
  const client = await w.client()
  await w.call('startTrace', () => client.startTrace())
  await w.connect(client)
  await w.accept()
  await w.call('subscribe', () => client.subscribe('a'))
  await w.call('send', () => client.send('a', 'x'))
  await w.call('unsubscribe', () => client.unsubscribe('a'))
  await w.receive(publish('a', 'x'))
  await w.call('disconnect', () => client.disconnect())
  await w.call('names', () => names(client.getTraceLog()))
})

scenario('the log holds 100 entries', async (w) => {
  const client = await w.client()
  await w.call('startTrace', () => client.startTrace())
  await w.connect(client)
  await w.accept()
  await w.call('send', () => {
    for (let index = 0; index < 300; index++) client.send('a', 'x')
  })
  await w.call('not much more than 100', () => client.getTraceLog().length <= 110 && client.getTraceLog().length >= 100)
})

scenario('the log hides the password', async (w) => {
  const client = await w.client()
  await w.call('startTrace', () => client.startTrace())
  await w.connect(client, { userName: 'u', password: 'secret' })
  await w.accept()
  await w.call('hidden', () => JSON.stringify(client.getTraceLog()).includes('secret'))
  await w.call('masked', () => JSON.stringify(client.getTraceLog()).includes('******'))
})

scenario('the callback is told of calls, without the password', async (w) => {
  const client = await w.client()
  /** @type {any[]} */
  const records = []
  client.trace = (/** @type {any} */ record) => records.push(record)
  await w.connect(client, { userName: 'u', password: 'secret' })
  await w.accept()
  await w.call('severity', () => records.every(({ severity }) => severity === 'Debug'))
  await w.call('keys', () => Object.keys(records[0]))
  await w.call('connect', () => records.some(({ message }) => message.includes('Client.connect')))
  await w.call('hidden', () => records.some(({ message }) => message.includes('secret')))
  await w.call('masked', () => records.some(({ message }) => message.includes('******')))
})

scenario('startTrace() twice keeps the log', async (w) => {
  const client = await w.client()
  await w.call('startTrace', () => client.startTrace())
  await w.connect(client)
  await w.call('startTrace', () => client.startTrace())
  await w.call('names', () => names(client.getTraceLog()))
})
