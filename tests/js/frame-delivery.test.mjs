import assert from 'node:assert/strict'
import { afterEach, beforeEach, describe, it } from 'node:test'
import { connected, settled } from './support/connected.mjs'

/** @type {any} */
const globals = globalThis
/** A screen whose frames come when the test says so. @type {Map<number, () => void>} */
const frames = new Map()
let number = 0

beforeEach(() => {
  frames.clear()
  globals.requestAnimationFrame = (/** @type {() => void} */ act) => {
    frames.set(++number, act)
    return number
  }
  globals.cancelAnimationFrame = (/** @type {number} */ id) => frames.delete(id)
  globals.document = { visibilityState: 'visible' }
})
afterEach(() => {
  for (const name of ['requestAnimationFrame', 'cancelAnimationFrame', 'document']) delete globals[name]
})

/** A hidden page has no frames. */
function showFrame() {
  if (globals.document.visibilityState === 'hidden') return
  const due = [...frames.values()]
  frames.clear()
  for (const act of due) act()
}

/** @param {object} [options] @param {any[][]} [batches] @param {(batch: any[]) => void} [more] */
async function subscribed(options = {}, batches = [], more = () => {}) {
  const { mq, client } = await connected()
  const subscription = mq.subscribe('lab/+room', { deliver: 'frame', ...options }, (/** @type {any[]} */ batch) => {
    batches.push(batch.map((message) => message.text()))
    more(batch)
  })
  return { mq, client, batches, subscription }
}

describe("subscribe() with deliver: 'frame'", () => {
  it('calls the handler once a frame, with everything that came, in order', async () => {
    const { client, batches } = await subscribed()
    for (const text of ['1', '2', '3']) client.arrive('lab/a', text)
    assert.deepEqual(batches, [])
    showFrame()
    assert.deepEqual(batches, [['1', '2', '3']])
    showFrame()
    client.arrive('lab/b', '4')
    showFrame()
    assert.deepEqual(batches, [['1', '2', '3'], ['4']])
  })

  it('gives the named levels of each message', async () => {
    /** @type {string[]} */
    const rooms = []
    const { client } = await subscribed({}, [], (batch) => rooms.push(...batch.map(({ params }) => params.room)))
    client.arrive('lab/a', '1')
    client.arrive('lab/b', '2')
    showFrame()
    assert.deepEqual(rooms, ['a', 'b'])
  })

  it('asks for no frame while nothing comes', async () => {
    const { client } = await subscribed()
    assert.equal(frames.size, 0)
    client.arrive('lab/a', '1')
    assert.equal(frames.size, 1)
    client.arrive('lab/a', '2')
    assert.equal(frames.size, 1)
    showFrame()
    assert.equal(frames.size, 0)
  })

  it('keeps the latest of each topic with conflate', async () => {
    const { client, batches } = await subscribed({ conflate: true })
    client.arrive('lab/a', 'a1')
    client.arrive('lab/b', 'b1')
    client.arrive('lab/a', 'a2')
    showFrame()
    assert.deepEqual(batches, [['a2', 'b1']])
  })

  it('loses nothing when more comes than the buffer holds: the handler is called before the frame', async () => {
    const { client, batches, subscription } = await subscribed({ bufferSize: 2 })
    for (const text of ['1', '2', '3', '4', '5']) client.arrive('lab/a', text)
    assert.deepEqual(batches, [
      ['1', '2'],
      ['3', '4'],
    ])
    showFrame()
    assert.deepEqual(batches.flat(), ['1', '2', '3', '4', '5'])
    assert.equal(subscription.dropped, 0)
  })

  it('goes on after a handler that throws', async () => {
    /** @type {unknown[]} */
    const errors = []
    const { mq, client, batches } = await subscribed({}, [], (batch) => {
      if (batch.length === 1) throw new Error('wrong')
    })
    mq.on('error', (/** @type {unknown} */ error) => errors.push(error))
    client.arrive('lab/a', '1')
    showFrame()
    client.arrive('lab/a', '2')
    client.arrive('lab/a', '3')
    showFrame()
    assert.deepEqual(batches, [['1'], ['2', '3']])
    assert.match(String(errors), /wrong/)
  })

  it('calls the handler no more after unsubscribe()', async () => {
    const { client, batches, subscription } = await subscribed()
    client.arrive('lab/a', '1')
    void subscription.unsubscribe().catch(() => {})
    showFrame()
    assert.deepEqual(batches, [])
    assert.equal(frames.size, 0)
  })

  it('hands over what it has when the connection ends', async () => {
    const { mq, client, batches } = await subscribed()
    client.arrive('lab/a', '1')
    await mq.disconnect({ timeout: 0 })
    assert.deepEqual(batches, [['1']])
  })

  it('lets a loop read batches, which grow while the loop is busy', async () => {
    const { mq, client } = await connected()
    const subscription = mq.subscribe('a', { deliver: 'frame' })
    const first = subscription.next()
    client.arrive('a', '1')
    client.arrive('a', '2')
    await settled()
    showFrame()
    const texts = (/** @type {any} */ { value }) => value.map((/** @type {any} */ message) => message.text())
    assert.deepEqual(texts(await first), ['1', '2'])
    client.arrive('a', '3')
    showFrame()
    client.arrive('a', '4')
    assert.equal(subscription.buffered, 2)
    const second = subscription.next()
    showFrame()
    assert.deepEqual(texts(await second), ['3', '4'])
    client.arrive('a', '5')
    void subscription.unsubscribe().catch(() => {})
    assert.deepEqual(texts(await subscription.next()), ['5'])
    assert.equal((await subscription.next()).done, true)
  })

  for (const [whenFull, kept] of /** @type {const} */ ([
    ['drop_oldest', ['3', '4']],
    ['drop_newest', ['1', '2']],
  ]))
    it(`bounds what nobody reads: ${whenFull}`, async () => {
      const { mq, client } = await connected()
      /** @type {any[]} */
      const overflows = []
      const subscription = mq.subscribe('a', {
        deliver: 'frame',
        bufferSize: 2,
        whenFull,
        onOverflow: (/** @type {any} */ overflow) => overflows.push(overflow.dropped),
      })
      for (const text of ['1', '2', '3', '4']) client.arrive('a', text)
      const batch = subscription.next()
      showFrame()
      assert.deepEqual(
        (await batch).value.map((/** @type {any} */ message) => message.text()),
        kept,
      )
      assert.deepEqual(overflows, [1, 2])
    })

  it('ends a subscription that overflows, with fail', async () => {
    const { mq, client } = await connected()
    mq.on('error', () => {})
    const subscription = mq.subscribe('a', { deliver: 'frame', bufferSize: 1, whenFull: 'fail' })
    client.arrive('a', '1')
    client.arrive('a', '2')
    assert.equal((await subscription.next()).value.length, 1)
    await assert.rejects(subscription.next(), { code: 'queue_full' })
  })

  it('refuses options that only batches have', async () => {
    const { mq } = await connected()
    for (const options of [{ conflate: true }, { whenHidden: 'pause' }, { deliver: 'message', conflate: false }])
      assert.throws(() => mq.subscribe('a', options, () => {}), { code: 'invalid_argument', message: /deliver: 'frame'/ })
    assert.throws(() => mq.subscribe('a', { deliver: 'frames' }, () => {}), { code: 'invalid_argument' })
    assert.throws(() => mq.subscribe('a', { deliver: 'frame', whenHidden: 'drop' }, () => {}), { code: 'invalid_argument' })
  })
})

describe('batches of a hidden page', () => {
  it('come by a timer by default', async (t) => {
    t.mock.timers.enable({ apis: ['setTimeout'] })
    const { client, batches } = await subscribed()
    client.arrive('lab/a', '1')
    globals.document.visibilityState = 'hidden'
    showFrame()
    client.arrive('lab/a', '2')
    assert.deepEqual(batches, [])
    t.mock.timers.tick(250)
    assert.deepEqual(batches, [['1', '2']])
    assert.equal(frames.size, 0)
  })

  it('wait with pause, as far as the buffer goes', async (t) => {
    t.mock.timers.enable({ apis: ['setTimeout'] })
    const { client, batches, subscription } = await subscribed({ whenHidden: 'pause', bufferSize: 3 })
    globals.document.visibilityState = 'hidden'
    for (const text of ['1', '2', '3', '4']) client.arrive('lab/a', text)
    showFrame()
    t.mock.timers.tick(60_000)
    assert.deepEqual(batches, [])
    globals.document.visibilityState = 'visible'
    showFrame()
    assert.deepEqual(batches, [['2', '3', '4']])
    assert.equal(subscription.dropped, 1)
  })

  it('are the latest of each topic with latest', async () => {
    const { client, batches } = await subscribed({ whenHidden: 'latest' })
    globals.document.visibilityState = 'hidden'
    for (let value = 1; value <= 5000; value++) client.arrive(`lab/${value % 2}`, String(value))
    showFrame()
    assert.deepEqual(batches, [])
    globals.document.visibilityState = 'visible'
    showFrame()
    assert.deepEqual(batches, [['4999', '5000']])
    client.arrive('lab/a', '1')
    client.arrive('lab/a', '2')
    showFrame()
    assert.deepEqual(batches[1], ['1', '2'])
  })
})

describe('where there are no frames, as in workers and under Node', () => {
  it('a timer makes batches', async (t) => {
    for (const name of ['requestAnimationFrame', 'cancelAnimationFrame', 'document']) delete globals[name]
    t.mock.timers.enable({ apis: ['setTimeout'] })
    const { client, batches } = await subscribed()
    client.arrive('lab/a', '1')
    client.arrive('lab/a', '2')
    t.mock.timers.tick(16)
    assert.deepEqual(batches, [['1', '2']])
  })
})
