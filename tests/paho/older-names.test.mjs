// What mqttws31.js 1.0.3 has and paho-mqtt 1.1.0 has no more.
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { loadOlder, loadOurs, oursIsBuilt } from './support/libraries.mjs'
import { World } from './support/world.mjs'

const skip = oursIsBuilt ? false : 'dist/ is not built: npm run build'

/** @param {typeof loadOlder} load */
async function objects(load) {
  const world = new World(load)
  await world.open()
  return { client: new world.Client('h', 80, '/p', 'id'), message: new world.Message('Grüße') }
}

/** @param {any} object */
const accessors = (object) => Object.keys(object).filter((name) => /^_[gs]et/.test(name))

describe('the accessors of mqttws31.js as methods', { skip }, () => {
  it('are all there', async () => {
    const [older, ours] = [await objects(loadOlder), await objects(loadOurs)]
    for (const kind of /** @type {const} */ (['client', 'message'])) {
      const names = accessors(older[kind])
      assert.ok(names.length >= 10)
      for (const name of names) assert.equal(typeof ours[kind][name], 'function', `${kind}.${name}`)
    }
  })

  it('say the same', async () => {
    const [older, ours] = [await objects(loadOlder), await objects(loadOurs)]
    for (const name of ['_getHost', '_getPort', '_getPath', '_getURI', '_getClientId'])
      assert.deepEqual(ours.client[name](), older.client[name](), name)
    for (const { message } of [older, ours]) {
      message._setDestinationName('a/b')
      message._setQos(1)
      message._setRetained(true)
      message._setDuplicate(true)
    }
    const getters = accessors(older.message).filter((name) => name.startsWith('_get'))
    for (const name of getters) assert.deepEqual(ours.message[name](), older.message[name](), name)
  })
})
