// Section 9: when PINGREQ is sent, and when its silence is told.
import { pingresp, publish } from '../support/packets.mjs'
import { scenariosOf } from '../support/registry.mjs'

const scenario = scenariosOf('keep-alive')

for (const keepAliveInterval of [1, 10, 60])
  scenario(`PINGREQ after ${keepAliveInterval} s, answered`, async (w) => {
    const client = await w.connected({ keepAliveInterval })
    for (let round = 0; round < 3; round++) {
      await w.wait(keepAliveInterval)
      await w.receive(pingresp())
    }
    await w.call('isConnected', () => client.isConnected())
  })

scenario('PINGREQ is not answered', async (w) => {
  const client = await w.connected({ keepAliveInterval: 10 })
  await w.wait(60)
  await w.call('isConnected', () => client.isConnected())
})

scenario('PINGREQ is answered late, but in time', async (w) => {
  const client = await w.connected({ keepAliveInterval: 10 })
  await w.wait(15)
  await w.receive(pingresp())
  await w.wait(4)
  await w.call('isConnected', () => client.isConnected())
})

scenario('no PINGREQ with keepAliveInterval 0', async (w) => {
  const client = await w.connected({ keepAliveInterval: 0 })
  await w.wait(500)
  await w.call('isConnected', () => client.isConnected())
})

scenario('sending puts PINGREQ off', async (w) => {
  const client = await w.connected({ keepAliveInterval: 10 })
  for (let round = 0; round < 3; round++) {
    await w.wait(6)
    await w.call('send', () => client.send('a', 'x'))
    await w.receive(publish('b', 'y'))
  }
  await w.wait(9)
})

scenario('receiving does not put PINGREQ off', async (w) => {
  await w.connected({ keepAliveInterval: 10 })
  for (let round = 0; round < 2; round++) {
    await w.wait(4)
    await w.receive(publish('b', 'y'))
  }
  await w.wait(2)
  await w.receive(pingresp())
})

scenario('a dead link while sending', async (w) => {
  const client = await w.connected({ keepAliveInterval: 10 })
  for (let round = 0; round < 10; round++) {
    await w.wait(6)
    await w.call('send', () => client.send('a', 'x'))
  }
  await w.call('isConnected', () => client.isConnected())
})

scenario('no PINGREQ after disconnect()', async (w) => {
  const client = await w.connected({ keepAliveInterval: 10 })
  await w.call('disconnect', () => client.disconnect())
  await w.wait(100)
})

scenario('no PINGREQ before the connection stands', async (w) => {
  const client = await w.client()
  await w.connect(client, { keepAliveInterval: 5, timeout: 20, mqttVersion: 4 })
  await w.opens()
  await w.wait(15)
})
