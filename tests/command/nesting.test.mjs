// JSON that is nested so deep that recursive code would run out of stack, wherever the command meets JSON of others.
import assert from 'node:assert/strict'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { linesOf, useWorld } from './party.mjs'

const size = 200_000
/** As deep as 200 KB allow. @param {string} opening @param {string} closing */
function nested(opening, closing) {
  const depth = Math.floor(size / (opening.length + closing.length))
  return `${opening.repeat(depth)}0${closing.repeat(depth)}`
}

const texts = {
  arrays: nested('[', ']'),
  objects: nested('{"a":', '}'),
  both: nested('[{"a":[', ']}]'),
  'arrays beside each other': `[${'[],'.repeat(size / 3)}[]]`,
  'brackets in a text': JSON.stringify('['.repeat(size)),
  'arrays without an end': '['.repeat(size),
  'objects without an end': '{"a":'.repeat(size / 5),
  'objects without values': '{'.repeat(size),
  'ends without a begin': `[${']'.repeat(size)}`,
  'a text without an end': `["${'['.repeat(size)}`,
}

/** @type {import('./party.mjs').World} */
let world
useWorld((opened) => (world = opened))

/** @param {string} text */
function valueOf(text) {
  try {
    return { value: JSON.parse(text) }
  } catch {
    return undefined
  }
}

/** Without recursion, for which this side has not the stack either. @param {any} value */
function depthOf(value) {
  let depth = 0
  for (let at = value; typeof at === 'object' && at !== null; at = at.a ?? at[0]) depth++
  return depth
}

for (const [name, text] of Object.entries(texts)) {
  const sound = valueOf(text)
  describe(name, { timeout: 180_000 }, () => {
    it('is printed by sub', async () => {
      const client = await world.client()
      await client.publishAsync('nested', text, { qos: 1, retain: true })
      const printed = async (/** @type {string[]} */ ...args) => {
        const { code, out, err } = await world.run('sub', '-t', 'nested', '-C', '1', ...args)
        assert.deepEqual([code, err], [0, ''])
        return JSON.parse(out).payload
      }
      for (const form of [['--json'], ['--json', '--pretty'], ['-F', '%j']]) assert.equal(await printed(...form), text)
      const payload = await printed('-F', '%J')
      assert.equal(typeof payload, sound ? typeof sound.value : 'string')
      assert.equal(depthOf(payload), depthOf(sound?.value))
    })

    it('is a record that presence and services pass over', async () => {
      const client = await world.client()
      const record = `{"online":true,"state":${text},"methods":${text}}`
      const kept = /** @type {const} */ ({ qos: 1, retain: true })
      await client.publishAsync('app/webapp/status/acme:ann:aaaa', record, kept)
      await client.publishAsync('app/webapp/status/acme:bob:bbbb', '{"online":true,"state":1}', kept)
      await client.publishAsync('app/webapp/svc/orders/a', record, kept)
      await client.publishAsync('app/webapp/svc/orders/b', '{"online":true}', kept)
      const presence = await world.run('presence', '--once', '--json')
      assert.deepEqual([presence.code, presence.err, linesOf(presence.out).length], [0, '', 1])
      const services = await world.run('services', 'orders', '--online', '--json')
      assert.deepEqual([services.code, services.err, linesOf(services.out).length], [0, '', 1])
    })

    it('is what request is answered with, told and printed', async () => {
      const client = await world.client()
      client.on('message', (topic, payload) => {
        const { id, method } = JSON.parse(payload.toString())
        const own = `"id":${JSON.stringify(id)}`
        const say = (/** @type {string} */ rest) =>
          client.publish(topic.replace('/req/svc/', '/res/'), `{"jsonrpc":"2.0",${rest}}`, { qos: 1 })
        if (method === 'error') return say(`${own},"error":{"code":7,"message":"no","data":${text}}`)
        if (method === 'result') return say(`${own},"result":${text}`)
        say(`"method":"$/progress","params":{${own},"seq":0,"at":"a","value":${text}}`)
        say(`${own},"result":null,"count":1`)
      })
      await client.subscribeAsync('app/webapp/req/svc/+', { qos: 1 })
      if (!sound) {
        // No JSON is no answer, which takes its time.
        assert.equal((await world.request('svc', 'result', '-W', '0.5')).code, 27)
        return
      }
      for (const args of [[], ['--pretty'], ['--json'], ['--json', '--pretty']]) {
        for (const method of ['result', 'items', 'error']) {
          const { code, err } = await world.request('svc', method, '-W', '60', '--progress', 'out', ...args)
          assert.equal(code, method === 'error' ? 1 : 0, `${method} ${args}: ${err.slice(0, 200)}`)
        }
      }
    })

    it('is asked by request, and answered by serve', async () => {
      const file = join(world.directory, 'params.json')
      await writeFile(file, text)
      await world.serve('svc', '--echo')
      const asked = await world.request('svc', 'any', '-f', file)
      const isTaken = typeof sound?.value === 'object'
      assert.equal(asked.code, isTaken ? 0 : 2, asked.err.slice(0, 200))
      if (isTaken) assert.equal(asked.out, `${text}\n`)
      for (const form of [[], ['--lines']]) {
        const service = form.length === 0 ? 'prints' : 'streams'
        const one = await world.serve(service, ...form, '--', 'cat', file)
        const { code, err } = await world.request(service, 'any', '--progress', 'none')
        assert.equal(code, sound ? 0 : 1, err.slice(0, 200))
        assert.equal(one.child.exitCode, null)
      }
    })
  })
}
