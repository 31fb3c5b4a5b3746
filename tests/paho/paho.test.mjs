// The scenarios against the npm package paho-mqtt alone: that they run, and that they mean what they say.
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { loadPaho } from './support/libraries.mjs'
import { play, scenarios } from './scenarios/index.mjs'

/** @param {string} name */
async function recorded(name) {
  const scenario = scenarios.find((one) => one.name === name)
  if (scenario === undefined) throw new Error(`There is no scenario "${name}".`)
  return play(scenario, loadPaho)
}

describe('the scenarios', () => {
  it('are many', () => assert.ok(scenarios.length >= 150))

  it('run with Paho, and leave a record that is the same each time', async () => {
    for (const scenario of scenarios) {
      const first = await play(scenario, loadPaho)
      assert.ok(first.events.length > 0, scenario.name)
      assert.deepEqual(await play(scenario, loadPaho), first, scenario.name)
    }
  })
})

describe('the record', () => {
  it('has calls and handlers in their order', async () => {
    assert.deepEqual((await recorded('a connection is made')).events, [
      '0 call new Client("h", 80, "/p", "id")',
      '0 call connect',
      '0 onSuccess({invocationContext: undefined})',
      '0 onConnected(false, "ws://h:80/p")',
      '0 call isConnected',
      '0   returned true',
    ])
  })

  it('has what is thrown', async () => {
    const { events } = await recorded('the constructor refuses a URI without a path')
    assert.deepEqual(events, ['0 call new Client', '0   threw Error "AMQJS0013E Invalid argument ws://h:80 for host."'])
  })

  it('has the bytes on the wire', async () => {
    const { wire } = await recorded('send() with topic, text, qos 2 and retained')
    assert.deepEqual(wire, [
      '0 socket 0 = new WebSocket(ws://h:80/p, mqtt)',
      '0 socket 0 opens, as arraybuffer',
      '0 0 CONNECT MQTT4 clean keepAlive=60 id=id 100e00044d5154540402003c00026964',
      '0 0 PUBLISH qos=2 retain a "x" id-1 3506000161[id]78',
    ])
  })

  it('has the moments', async () => {
    const { wire } = await recorded('nobody answers while it reconnects')
    const attempts = wire.filter((line) => line.includes('new WebSocket')).map((line) => parseInt(line, 10) / 1000)
    assert.deepEqual(attempts, [0, 0, 32, 66, 104, 150, 212, 306, 464, 622])
  })

  it('has what is stored', async () => {
    const { storage } = await recorded('a message at QoS 1 is kept until it is answered')
    assert.deepEqual(storage, [
      '100 sent:',
      '  Sent:h:80:/p:id:<id> = {"type":3,"messageIdentifier":<id>,"version":1,"payloadMessage":{"payloadHex":"4772c3bcc39f65","qos":1,"destinationName":"a/b","retained":true},"sequence":1}',
      '200 answered:',
    ])
  })
})
