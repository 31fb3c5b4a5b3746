import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { test } from 'node:test'
import { shared } from './support/connected.mjs'

test('topics', () => {
  assert.equal(shared.topicMatches('a/+/#', 'a/b/c/d'), true)
  assert.equal(shared.topicMatches('#', '$SYS/a'), false)
  assert.equal(shared.topicMatches('$share/g/ü/+', 'ü/b'), true)
  assert.equal(shared.topicMatches('a/#/b', 'a/x/b'), false)
  assert.equal(shared.topicMatches('a', 'a/#'), false)
  assert.equal(shared.isValidTopicFilter('a/+'), true)
  assert.equal(shared.isValidTopicFilter('a+'), false)
  assert.equal(shared.isValidTopicName('a/b'), true)
  assert.equal(shared.isValidTopicName('a/+'), false)
})

test('reasons have names', () => {
  assert.equal(shared.describeReason(0x87), 'Not authorized')
  assert.equal(shared.describeReason(0x7f), 'Unknown reason')
  assert.equal(shared.describeReason(999), 'Unknown reason')
})

test('the errors are named as in error.hpp, in that order', async () => {
  const header = await readFile(new URL('../../core/include/wsmq/error.hpp', import.meta.url), 'utf8')
  const glue = await readFile(new URL('../../wasm/glue/errors.js', import.meta.url), 'utf8')
  const enumeration = /enum class Errc[^{]*\{([^}]*)\}/.exec(header)?.[1].replaceAll(/\/\/.*/g, '') ?? ''
  const names = [...enumeration.matchAll(/(\w+)\s*(?:=\s*\d+)?\s*,/g)].map(([, name]) => name)
  assert.deepEqual(/`([^`]*)`\.split/s.exec(glue)?.[1].split(' '), names)
  for (const index of names.keys()) assert.notEqual(shared.describeError(index), '')
})

test('the numbers that C++ and JavaScript share are the same', async () => {
  const read = (/** @type {string} */ name) => readFile(new URL(`../../wasm/${name}`, import.meta.url), 'utf8')
  const header = await read('event_batch.hpp')
  const kinds = [...(/enum class RowKind[^{]*\{([^}]*)\}/.exec(header)?.[1] ?? '').matchAll(/^\s*(\w+),/gm)].map(([, name]) => name)
  const camel = (/** @type {string} */ name) => name.replaceAll(/_(\w)/g, (_, letter) => letter.toUpperCase())
  const table = /const rowKind = \{([^}]*)\}/.exec(await read('glue/events.js'))?.[1] ?? ''
  const numbers = Object.fromEntries([...table.matchAll(/(\w+): (\d+)/g)].map(([, name, number]) => [name, Number(number)]))
  assert.deepEqual(numbers, Object.fromEntries(kinds.map((name, index) => [camel(name), index])))

  const fields = [
    ...(/enum class Field[^{]*\{([^}]*)\}/.exec(await read('connect_arguments.cpp'))?.[1] ?? '').matchAll(/(\w+)(?: = 1)?,/g),
  ].map(([, name]) => name)
  const options = await read('glue/options.js')
  for (const [index, name] of fields.entries()) {
    const found = new RegExp(`\\b(${camel(name)}|${glueNames[name] ?? '-'}): \\[?(\\d+)`).exec(options)
    assert.equal(Number(found?.[2]), index + 1, name)
  }

  for (const [glue, theirs, source, ours] of [
    ['publish.js', 'scratchSize', 'arguments.hpp', 'scratch_size'],
    ['receive.js', 'receiveBufferSize', 'web_socket.cpp', 'receive_buffer_size'],
  ]) {
    const sizeIn = (/** @type {string} */ text, /** @type {string} */ name) => new RegExp(`\\b${name} = ([\\d *]+)`).exec(text)?.[1]
    const size = sizeIn(await read(source), ours)
    assert.ok(size !== undefined && size === sizeIn(await read(`glue/${glue}`), theirs), ours)
  }
})

/** Where the two have different names for the same thing. @type {Record<string, string>} */
const glueNames = { version: 'mqttVersion', clean_start: 'cleanSession', keep_alive: 'keepAliveInterval' }

test('memory() tells what is in use', () => {
  const { total, used } = shared.memory()
  assert.ok(used > 0 && used < total)
})
