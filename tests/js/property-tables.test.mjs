// The properties of MQTT 5 as the tools know them are those of the engine, whose table is compared with that of C++.
import assert from 'node:assert/strict'
import { it } from 'node:test'
import { build } from 'esbuild'
import { root } from '../../scripts/lib/root.mjs'
import { importSource } from './support/sources.mjs'

const { Reader, Writer } = await importSource('packets/wire')
const { outputFiles } = await build({ entryPoints: [`${root}wasm/boundary/engine.ts`], format: 'esm', write: false })
const { properties, PropertyType } = await import(`data:text/javascript,${encodeURIComponent(outputFiles[0]?.text ?? '')}`)

/** A value of each type, and its encoding (MQTT 5.0, 1.5). @type {Record<string, [unknown, number[]]>} */
const samples = {
  byte: [1, [1]],
  twoByteInteger: [0x0102, [1, 2]],
  fourByteInteger: [0x01020304, [1, 2, 3, 4]],
  variableByteInteger: [200, [0xc8, 1]],
  text: ['a', [0, 1, 97]],
  binary: [Uint8Array.of(7), [0, 1, 7]],
  textPair: [[['a', 'b']], [0, 1, 97, 0, 1, 98]],
}

it('each has the identifier and the type that the engine knows', () => {
  for (const [name, [identifier, type]] of Object.entries(properties)) {
    const [value, encoded] = samples[PropertyType[type]] ?? []
    const bytes = new Writer().properties({ [name]: value }, 5).bytes()
    assert.deepEqual([...bytes], [1 + (encoded?.length ?? 0), identifier, ...(encoded ?? [])], name)
    assert.deepEqual(new Reader(bytes).properties(5), { [name]: value }, name)
  }
})

it('there are no others', () => {
  const known = new Set(Object.values(properties).map(([identifier]) => identifier))
  for (let identifier = 0; identifier < 128; identifier++) {
    const read = () => new Reader(Uint8Array.of(8, identifier, 0, 1, 97, 0, 1, 98, 0)).properties(5)
    if (!known.has(identifier)) assert.throws(read, /There is no such property/, String(identifier))
  }
})
