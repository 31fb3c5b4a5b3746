// Section 7: Message, its properties and its errors.
import { scenariosOf } from '../support/registry.mjs'

const scenario = scenariosOf('message')

/** @type {[string, () => unknown][]} */
const payloads = [
  ['text', () => 'text'],
  ['empty text', () => ''],
  ['text beyond ASCII', () => 'Grüße 😀 €'],
  ['bytes', () => Uint8Array.of(0x61, 0x62)],
  ['no bytes', () => new Uint8Array(0)],
  ['an ArrayBuffer', () => Uint8Array.of(0x61, 0x62).buffer],
  ['signed bytes', () => Int8Array.of(0x61)],
  ['clamped bytes', () => Uint8ClampedArray.of(0x61)],
  ['16-bit numbers', () => Uint16Array.of(0x6261)],
  ['32-bit numbers', () => Uint32Array.of(0x61)],
  ['floating-point numbers', () => Float64Array.of(1)],
  ['large integers', () => BigInt64Array.of(1n)],
  ['bytes that are no UTF-8: ff', () => Uint8Array.of(0xff)],
  ['bytes that are no UTF-8: a cut sequence', () => Uint8Array.of(0x61, 0xe2, 0x82)],
  ['bytes that are no UTF-8: a wrong continuation', () => Uint8Array.of(0x61, 0xe2, 0x28, 0xa1)],
  ['bytes that are no UTF-8: a continuation alone', () => Uint8Array.of(0x80, 0x61)],
  ['bytes that are no UTF-8: an overlong form', () => Uint8Array.of(0xc0, 0x80)],
  ['bytes that are no UTF-8: a surrogate', () => Uint8Array.of(0xed, 0xa0, 0x80)],
  ['bytes of a character of four bytes', () => Uint8Array.of(0xf0, 0x9f, 0x98, 0x80)],
  ['a byte order mark', () => Uint8Array.of(0xef, 0xbb, 0xbf, 0x61)],
  ['a lone surrogate', () => 'x\ud800y'],
  ['a lone low surrogate', () => '\udc00'],
  ['a lone surrogate at the end', () => 'x\ud83d'],
]

for (const [what, payload] of payloads)
  scenario(`a Message of ${what}`, async (w) => {
    const given = payload()
    const message = await w.call('new Message', () => new w.Message(given))
    await w.call('payloadString', () => message.payloadString)
    await w.call('payloadBytes', () => message.payloadBytes)
    await w.call('the same', () => message.payloadBytes === given)
  })

for (const [what, payload] of /** @type {[string, unknown][]} */ ([
  ['undefined', undefined],
  ['null', null],
  ['a number', 7],
  ['true', true],
  ['an object', {}],
  ['an array', [1, 2]],
  ['a DataView', new DataView(new ArrayBuffer(1))],
]))
  scenario(`a Message refuses ${what}`, (w) => w.call('new Message', () => new w.Message(payload)))

scenario('a Message has defaults', async (w) => {
  const message = new w.Message('x')
  await w.call('defaults', () => ['destinationName', 'topic', 'qos', 'retained', 'duplicate'].map((name) => message[name]))
  await w.call('keys', () => Object.keys(message))
})

/** @type {[string, unknown[]][]} */
const sets = [
  ['destinationName', ['a', '', 7, null, undefined, {}]],
  ['topic', ['a', '', 7, null, undefined]],
  ['qos', [0, 1, 2, 3, -1, '1', null, undefined, 1.5]],
  ['retained', [true, false, 1, 'x', null, undefined]],
  ['duplicate', [true, false, 1, 'x']],
  ['payloadString', ['x']],
  ['payloadBytes', [1]],
]

for (const [name, values] of sets)
  for (const value of values)
    scenario(`Message.${name} = ${value === '' ? "''" : String(value)} (${typeof value})`, async (w) => {
      const message = new w.Message('x')
      await w.call('set', () => {
        message[name] = value
      })
      await w.call('get', () => message[name])
    })

scenario('Message.topic is another name of destinationName', async (w) => {
  const message = new w.Message('x')
  message.topic = 'a'
  await w.call('destinationName', () => message.destinationName)
  message.destinationName = 'b'
  await w.call('topic', () => message.topic)
})
