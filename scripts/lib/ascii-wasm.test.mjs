import assert from 'node:assert/strict'
import { it } from 'node:test'
import { asciiWasm, binaryDecode, encode } from './ascii-wasm.mjs'

const every = Uint8Array.from({ length: 1000 }, (_, index) => (index * index) % 256)

it('every byte comes back, as many as there were', () => {
  for (const bytes of [new Uint8Array(), Uint8Array.of(0, 255), every, Uint8Array.from({ length: 256 }, (_, byte) => byte)])
    assert.deepEqual(binaryDecode(encode(bytes)), bytes)
})

it('what is written is printable, and needs no escape in any quotes or in HTML', () => {
  assert.match(encode(every), /^[ -~]*$/)
  assert.doesNotMatch(encode(every), /["'`$<\\]/)
})

it("a script of Emscripten's decodes the same bytes", () => {
  const decoder =
    'function binaryDecode(bin){for(var i=0,l=bin.length,o=new Uint8Array(l),c;i<l;++i){c=bin.charCodeAt(i);o[i]=~c>>8&c}return o}'
  const literal = `'${[...every].map((byte) => (byte === 0x27 || byte === 0x5c ? `\\${String.fromCharCode(byte)}` : byte === 10 ? '\\n' : byte === 13 ? '\\r' : String.fromCharCode(byte))).join('')}'`
  const script = asciiWasm(`${decoder}export const wasm = () => binaryDecode(${literal})`)
  assert.match(script, /^[\n -~]*$/)
  assert.deepEqual(new Function(`${script.replace('export const wasm =', 'return')}`)()(), every)
})

it('a script without it stays as it is', () => {
  for (const script of ['console.log(1)', 'binaryDecode(text)']) assert.equal(asciiWasm(script), script)
})
