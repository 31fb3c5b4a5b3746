// Requests of pages and of others, where the connection of the webapp is elsewhere.
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { settled } from './support/connected.mjs'
import { moduleError } from './support/fake-layer.mjs'
import { Scene } from './support/webapp-scene.mjs'

describe('a request of a page', () => {
  it('is answered there, whatever numbers others have', async () => {
    const scene = new Scene()
    const [one, other] = [await scene.joined(), await scene.joined()]
    const calls = [one.app.request('orders', 'a'), other.app.request('orders', 'b'), other.app.request('orders', 'c')]
    scene.client.layer.onResult(2, '"for b"')
    scene.client.layer.onFailure(3, { error: 'no_responder', text: '' })
    scene.client.layer.onResult(1, '"for a"')
    assert.deepEqual([await calls[0], await calls[1]], ['for a', 'for b'])
    await assert.rejects(calls[2], { code: 'no_responder' })
  })

  it('that vanished is cancelled', async () => {
    const scene = new Scene()
    const [one, other] = [await scene.joined(), await scene.joined()]
    one.app.request('orders', 'a').catch(() => {})
    const call = other.app.request('orders', 'b')
    one.vanish()
    assert.deepEqual(scene.client.given('cancelRequest'), [[1]])
    scene.client.layer.onFailure(1, { error: 'cancelled', text: '' })
    scene.client.layer.onResult(2, '7')
    assert.equal(await call, 7)
  })

  it('that the module refuses rejects with its code', async () => {
    const scene = new Scene()
    const { app } = await scene.joined()
    scene.client.throwNext = moduleError('queue_full')
    await assert.rejects(app.request('orders', 'a'), { name: 'RequestError', code: 'queue_full' })
    await assert.rejects(app.request('or/ders', 'a'), { name: 'InvalidNameError' })
    assert.equal(scene.client.given('request').length, 0)
  })

  it('is given its items and its credit', async () => {
    const scene = new Scene()
    await scene.joined()
    const { app } = await scene.joined()
    const call = app.request('demo', 'slow')
    const steps = call[Symbol.asyncIterator]()
    for (let item = 0; item < 16; item++) scene.client.layer.onProgress(1, String(item))
    for (let item = 0; item < 16; item++) assert.equal((await steps.next()).value, item)
    assert.deepEqual(scene.client.given('grant'), [[1, 16]])
    call.cancel()
    assert.deepEqual(scene.client.given('cancelRequest'), [[1]])
    await assert.rejects(call, { code: 'request_cancelled' })
  })
})

describe('a request of others', () => {
  /** Two pages that expose, and what they were asked. */
  async function exposing() {
    const scene = new Scene()
    /** @type {string[]} */
    const asked = []
    /** @type {Map<string, (value: unknown) => void>} */
    const answers = new Map()
    const page = async (/** @type {string} */ who) => {
      const joined = await scene.joined()
      joined.app.on('error', () => {})
      joined.app.expose({
        work: (/** @type {unknown} */ _, /** @type {any} */ { signal }) => {
          asked.push(who)
          return new Promise((resolve) => {
            answers.set(who, resolve)
            signal.addEventListener('abort', () => asked.push(`${who} stops`))
          })
        },
        [`only_${who}`]: () => who,
        async *count() {
          asked.push(`${who} counts`)
          for (let n = 0; ; n++) yield n
        },
      })
      return joined
    }
    const [one, other] = [await page('one'), await page('other')]
    return { scene, asked, answers, one, other }
  }

  it('goes to one page that exposes the method: that with the fewest in hand, of equals the latest', async () => {
    const { scene, asked, answers } = await exposing()
    scene.ask(1, 'work')
    scene.ask(2, 'work')
    scene.ask(3, 'only_one')
    await settled()
    assert.deepEqual(asked, ['other', 'one'])
    answers.get('one')?.(7)
    await settled()
    assert.deepEqual(scene.client.given('respond'), [
      [3, '"one"'],
      [2, '7'],
    ])
    scene.ask(4, 'work')
    await settled()
    assert.deepEqual(asked, ['other', 'one', 'one'])
    scene.ask(5, 'nothing')
    await settled()
    assert.deepEqual(scene.client.given('fail'), [[5, -32601, 'Method not found', undefined]])
  })

  it('of a method that its page has taken back is answered by another, or not found', async () => {
    const scene = new Scene()
    const { app } = await scene.joined()
    const hide = app.expose({ work: () => 1 })
    hide()
    scene.ask(1, 'work')
    await settled()
    assert.deepEqual(scene.client.given('fail'), [[1, -32601, 'Method not found', undefined]])
  })

  it('goes to another page if its own vanishes, and fails at once if there is none', async () => {
    const { scene, asked, answers, one, other } = await exposing()
    scene.ask(1, 'work')
    await settled()
    other.vanish()
    await settled()
    assert.deepEqual(asked, ['other', 'one'])
    answers.get('one')?.(7)
    await settled()
    assert.deepEqual(scene.client.given('respond'), [[1, '7']])
    scene.ask(2, 'work')
    await scene.joined()
    one.vanish()
    assert.deepEqual(scene.client.given('fail'), [[2, -32002, 'The page that worked on this is gone', undefined]])
  })

  it('of which items were sent fails, as another page would begin anew', async () => {
    const { scene, other } = await exposing()
    scene.client.credit = 3
    scene.ask(1, 'count')
    await settled()
    assert.equal(scene.client.given('progress').length, 3)
    other.vanish()
    assert.deepEqual(scene.client.given('fail')[0]?.slice(0, 2), [1, -32002])
  })

  it('is stopped when its caller no longer waits', async () => {
    const { scene, asked } = await exposing()
    scene.ask(1, 'work')
    await settled()
    scene.client.layer.onEnded(1, 'cancelled')
    await settled()
    assert.deepEqual(asked, ['other', 'other stops'])
    assert.deepEqual([scene.client.given('respond'), scene.client.given('fail')], [[], []])
  })

  it('gets its items in their order as it grants credit, the result behind them, and no page is far ahead', async () => {
    const scene = new Scene()
    const { app } = await scene.joined()
    let made = 0
    app.expose({
      async *count() {
        for (let n = 0; n < 100; n++) yield made++
        return 'done'
      },
    })
    scene.client.credit = 5
    scene.ask(1, 'count')
    await settled()
    for (let credit = 5; credit < 100; credit += 5) {
      assert.ok(made <= credit + 17, `${made} made, ${credit} allowed`)
      assert.equal(scene.client.given('progress').length, credit)
      assert.equal(scene.client.given('respond').length, 0)
      scene.client.credit = 5
      scene.client.layer.onCredit(1)
      await settled()
    }
    assert.deepEqual(
      scene.client.given('progress').map(([, value]) => Number(value)),
      Array.from({ length: 100 }, (_, index) => index),
    )
    assert.deepEqual(scene.client.given('respond'), [[1, '"done"']])
  })

  it('whose answer cannot be sent is told so, and the page why', async () => {
    const scene = new Scene()
    const { app } = await scene.joined()
    /** @type {any[]} */
    const errors = []
    app.on('error', (/** @type {any} */ error) => errors.push(error.code))
    app.expose({
      large: () => {
        scene.client.throwNext = moduleError('payload_too_large')
        return 'x'
      },
      late: () => {
        scene.client.throwNext = moduleError('unknown_call')
        return 'x'
      },
    })
    scene.ask(1, 'large')
    await settled()
    scene.ask(2, 'late')
    await settled()
    assert.deepEqual(scene.client.given('fail'), [[1, -32603, 'Internal error', undefined]])
    assert.deepEqual(errors, ['packet_too_large'])
  })
})
