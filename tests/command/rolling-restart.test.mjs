// Instances of a service are replaced one after the other while requests come without a pause: none is lost, and none is
// worked on twice.
import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { linesOf, useWorld } from './party.mjs'

/** @type {import('./party.mjs').World} */
let world
useWorld((opened) => (world = opened))

const uid = 'acme:ann:aaaa'

/** A caller that always has some requests open. */
class Caller {
  /** How often each id was answered. @type {Map<number, number>} */
  answers = new Map()
  #open = 0
  #next = 0
  #ends = false
  /** @type {Set<() => void>} */
  #waiting = new Set()

  /** @param {import('mqtt').MqttClient} client */
  constructor(client) {
    this.client = client
    client.on('message', (_topic, payload) => {
      const { id, result } = JSON.parse(payload.toString())
      assert.deepEqual(result, [id])
      if (!this.answers.has(id)) this.#open--
      this.answers.set(id, (this.answers.get(id) ?? 0) + 1)
      this.#ask()
      this.#waiting.forEach((each) => each())
    })
  }

  async start() {
    await this.client.subscribeAsync(`app/webapp/res/${uid}`, { qos: 1 })
    this.#ask()
  }

  #ask() {
    for (; this.#open < 10 && !this.#ends; this.#open++) {
      const id = ++this.#next
      this.client.publish(`app/webapp/req/svc/${uid}`, JSON.stringify({ jsonrpc: '2.0', id, method: 'echo', params: [id] }), { qos: 1 })
    }
  }

  /** Until so many more were answered. @param {number} count */
  async answered(count) {
    const wanted = this.answers.size + count
    await this.#until(() => this.answers.size >= wanted)
  }

  /** Nothing new, and until everything is answered. */
  async finish() {
    this.#ends = true
    await this.#until(() => this.#open === 0)
    return this.#next
  }

  /** @param {() => boolean} condition */
  async #until(condition) {
    while (!condition()) {
      await new Promise((resolve) => {
        const done = () => (this.#waiting.delete(done), resolve(undefined))
        this.#waiting.add(done)
      })
    }
  }
}

describe('a service is restarted instance by instance', { timeout: 180_000 }, () => {
  for (const version of ['5', '311']) {
    for (const sharing of [[], ['--no-share']]) {
      it(`over MQTT ${version}${sharing.length > 0 ? ', with an election' : ''}`, async () => {
        const file = join(world.directory, `worked-${version}-${sharing.length}`)
        const serve = (/** @type {string} */ instance) =>
          world.serve('svc', '-V', version, '--instance', instance, ...sharing, '--', 'sh', '-c', `tee -a ${file}; echo >> ${file}`)
        const instances = [await serve('a'), await serve('b')]
        const caller = new Caller(await world.client({ clientId: uid }))
        await caller.start()
        for (const [i, name] of ['a', 'b'].entries()) {
          await caller.answered(30)
          instances[i].child.kill('SIGTERM')
          const { code, err } = await instances[i].ended
          assert.equal(code, 0, err)
          await caller.answered(30)
          instances[i] = await serve(name)
        }
        await caller.answered(30)
        const asked = await caller.finish()
        const worked = linesOf((await readFile(file, 'utf8')).replaceAll('][', ']\n[')).map((line) => JSON.parse(line)[0])
        assert.deepEqual(
          [...caller.answers.values()].filter((times) => times !== 1),
          [],
          'each is answered once',
        )
        assert.deepEqual(
          worked.sort((a, b) => a - b),
          Array.from({ length: asked }, (_, i) => i + 1),
          'and worked on once',
        )
      })
    }
  }
})
