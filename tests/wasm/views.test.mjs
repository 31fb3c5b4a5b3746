// No view of the module's memory is in anybody's hands when the call that got it is over.
import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { test } from 'node:test'
import { connectTo } from './support/connected.mjs'
import { startFakeBroker } from './support/fake-broker.mjs'
import { called, directory, loadModule, nextTask, until } from './support/module.mjs'
import { acknowledgement, publish, readPublish } from './support/packets.mjs'

/** A text that is not that of any other number, and compresses well. @param {number} number */
const text = (number) => `${number} `.repeat(1 + (number % 97))

test('a server that accepts permessage-deflate receives what was published', async (t) => {
  const broker = await startFakeBroker({ perMessageDeflate: { threshold: 0 } })
  const module = await loadModule()
  const client = new module.Client(broker.url, 'id')
  t.after(() => (client.delete(), broker.close()))
  const [peer] = await connectTo(broker, client)
  assert.match(peer.extensions, /permessage-deflate/)
  /** @type {string[]} */
  const arrived = []
  peer.onPacket = (packet) => {
    const { id, topic, payload } = readPublish(packet)
    arrived.push(`${topic} ${payload}`)
    peer.send(acknowledgement('puback', id))
  }
  let lost = false
  client.onConnectionLost = () => (lost = true)
  const total = 3000
  for (let number = 0; number < total; number++) {
    client.publish(`t/${number % 7}`, text(number), { qos: 1 })
    // Several WebSocket messages wait to be compressed while the memory of the first is written anew.
    if (number % 5 === 0) await nextTask()
  }
  await until(() => lost || arrived.length === total)
  assert.deepEqual(
    arrived,
    Array.from({ length: total }, (_, number) => `t/${number % 7} ${text(number)}`),
  )
})

test('nothing that a socket, a store or a handler is given is a view of the module’s memory', async (t) => {
  const broker = await startFakeBroker()
  /** @type {WebAssembly.Memory | undefined} */
  let memory
  const bytes = await readFile(`${directory}/wsmq.wasm`)
  const module = await loadModule({
    instantiateWasm: (/** @type {WebAssembly.Imports} */ imports, /** @type {(instance: WebAssembly.Instance) => void} */ receive) => {
      void WebAssembly.instantiate(bytes, imports).then(({ instance }) => {
        memory = Object.values(instance.exports).find((each) => each instanceof WebAssembly.Memory)
        receive(instance)
      })
      return {}
    },
  })
  /** @type {Uint8Array[]} */
  const given = []
  const Real = globalThis.WebSocket
  class Recording extends Real {
    /** @override @param {any} data */
    send(data) {
      given.push(data)
      super.send(data)
    }
  }
  globalThis.WebSocket = /** @type {any} */ (Recording)
  const store = { write: (/** @type {any} */ { put }) => given.push(...put.map((/** @type {any} */ { record }) => record)) }
  const client = new module.Client(broker.url, 'id')
  t.after(() => {
    globalThis.WebSocket = Real
    client.delete()
    return broker.close()
  })
  const [peer] = await connectTo(broker, client, { store, cleanSession: false })
  client.publish('a', 'x'.repeat(1000), { qos: 1 })
  client.publish('a', new Uint8Array(100_000), { qos: 2 })
  for (const size of [1, 64, 65, 5000, 100_000]) {
    const arrives = called(client, 'onMessageArrived')
    peer.send(publish('b', new Uint8Array(size)))
    const [message] = await arrives
    given.push(message.payloadBytes)
  }
  client.delete() // what the store does not know yet is written
  assert.ok(memory)
  const sent = given.length
  assert.ok(sent >= 9, `only ${sent} were given`)
  for (const each of given) {
    assert.ok(each instanceof Uint8Array)
    assert.notEqual(each.buffer, memory.buffer)
  }
})
