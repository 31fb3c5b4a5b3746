import assert from 'node:assert/strict'
import { afterEach, describe, it } from 'node:test'
import { fakeModule } from './support/fake-module.mjs'
import { importSource } from './support/sources.mjs'

const { install } = await importSource('paho/install')
const page = /** @type {any} */ (globalThis)

afterEach(() => {
  delete page.Paho
  delete page.define
})

describe('the plain script', () => {
  const load = async () => fakeModule()

  it('sets both globals, with the same classes, and keeps what was there', () => {
    page.Paho = { mine: 1 }
    install(load)
    assert.equal(page.Paho.mine, 1)
    assert.deepEqual(page.Paho.MQTT, { Client: page.Paho.Client, Message: page.Paho.Message })
    assert.ok(new page.Paho.MQTT.Client('h', 80, 'id') instanceof page.Paho.Client)
  })

  it('is a module for an AMD loader', () => {
    /** @type {any[]} */
    const defined = []
    page.define = (/** @type {() => unknown} */ factory) => defined.push(factory())
    install(load)
    assert.deepEqual(defined, [])
    page.define.amd = {}
    install(load)
    assert.deepEqual(defined, [page.Paho])
  })
})
