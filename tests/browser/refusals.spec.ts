import { startBroker } from '../support/broker.mjs'
import { startChaosProxy } from '../support/chaos-proxy.mjs'
import { freePort } from '../support/free-port.mjs'
import { expect, name, test, versions } from './support.js'

for (const protocolVersion of versions) {
  test.describe(name(protocolVersion), () => {
    test('wrong credentials are an error with its reason, and end the attempts', async ({ open, closing }) => {
      const broker = await closing(startBroker({ users: { ann: 'secret' } }))
      const door = await closing(startChaosProxy({ target: broker.url }))
      const tab = await open({ broker: door.url })
      const credentials = { username: 'ann', password: 'wrong' }
      // Even a client that is told to go on trying does not go on with what was refused.
      const error = await tab.failToConnect({ protocolVersion, credentials, reconnect: { retryFirst: true, minDelay: 10 } })

      expect(error).toMatchObject({ name: 'ConnectionRefusedError', code: 'connection_refused', fatal: true })
      expect([0x86, 0x87]).toContain(error.reasonCode)
      expect(door.accepted).toBe(1)
      expect(tab.console.join('\n')).not.toContain('wrong')

      expect(await tab.connect({ protocolVersion, credentials: { username: 'ann', password: 'secret' } })).toMatchObject({
        sessionPresent: false,
      })
    })

    test('credentials are asked for at each attempt, and refusals at reconnections end the connection in a while', async ({
      open,
      closing,
    }) => {
      const broker = await closing(startBroker({ users: { ann: 'secret' } }))
      const door = await closing(startChaosProxy({ target: broker.url }))
      const tab = await open({ broker: door.url })
      const reconnect = { minDelay: 10, maxDelay: 100, refusalPatience: 500 }
      await tab.connect({ protocolVersion, passwords: ['secret', 'secret', 'expired'], reconnect })
      door.cut()
      await expect.poll(async () => (await tab.facts()).states.filter(({ state }) => state === 'connected').length).toBe(2)
      door.cut()
      await tab.reaches('closed')

      expect((await tab.facts()).states.at(-1)?.error).toMatchObject({ name: 'ConnectionRefusedError', fatal: true })
      expect(door.accepted).toBeGreaterThan(3)
    })

    test('a port where nobody listens is an error at once', async ({ open }) => {
      const tab = await open({ broker: `ws://127.0.0.1:${await freePort()}/ws_mqtt` })
      expect(await tab.failToConnect({ protocolVersion })).toMatchObject({ name: 'ConnectionFailedError', code: 'transport_failed' })
    })

    test('a server that is no broker is an error', async ({ open, site }) => {
      const tab = await open({ broker: `${site.webSocketUrl}/elsewhere` })
      expect(await tab.failToConnect({ protocolVersion })).toMatchObject({ name: 'ConnectionFailedError' })
    })

    test('a broker that says nothing is an error when the time is over', async ({ open, chaos }) => {
      chaos.stall()
      const tab = await open({ broker: chaos.url })
      expect(await tab.failToConnect({ protocolVersion, connectTimeout: 300 })).toMatchObject({
        name: 'ConnectTimeoutError',
        code: 'connect_timed_out',
      })
      // The socket whose attempt timed out does not linger.
      chaos.resume()
      await expect.poll(() => chaos.connections).toBe(0)
    })

    test('of two addresses the second is tried when the first is dead', async ({ open, site, topic }) => {
      const tab = await open()
      await tab.connect({ protocolVersion }, [`ws://127.0.0.1:${await freePort()}/ws_mqtt`, site.webSocketUrl])
      await tab.subscribe(topic)
      await tab.publish(topic, 'found')
      await tab.receives([{ topic, text: 'found', qos: 0, retain: false }])
    })
  })
}
