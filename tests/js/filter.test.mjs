import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { importSource } from './support/sources.mjs'

const { parseFilter, matchTopic, topicMatches } = await importSource('filter')
const { InvalidArgumentError } = await importSource('errors')

describe('a topic filter with named wildcards', () => {
  it('is sent to the broker without the names', () => {
    assert.equal(parseFilter('lab/+room/temperature').filter, 'lab/+/temperature')
    assert.equal(parseFilter('lab/#rest').filter, 'lab/#')
    assert.equal(parseFilter('+/+b/#').filter, '+/+/#')
    assert.equal(parseFilter('$share/workers/lab/+room').filter, '$share/workers/lab/+')
  })

  for (const [filter, topic, params] of [
    ['lab/+room/temperature', 'lab/12/temperature', { room: '12' }],
    ['lab/+room/temperature', 'lab//temperature', { room: '' }],
    ['+a/+b', 'x/y', { a: 'x', b: 'y' }],
    ['lab/#rest', 'lab/1/2/3', { rest: '1/2/3' }],
    ['lab/#rest', 'lab', { rest: '' }],
    ['lab/#rest', 'lab/', { rest: '' }],
    ['$share/g/lab/+room', 'lab/7', { room: '7' }],
    ['+/+', '/finance', {}],
    ['#', 'a/b/c', {}],
    ['a/b', 'a/b', {}],
    ['$SYS/#rest', '$SYS/uptime', { rest: 'uptime' }],
  ]) {
    it(`${filter} is for ${topic}`, () => assert.deepEqual({ ...matchTopic(parseFilter(filter), topic) }, params))
  }

  for (const [filter, topic] of [
    ['lab/+room', 'lab'],
    ['lab/+room', 'lab/1/2'],
    ['lab/+room/x', 'lab/1/y'],
    ['+', '/finance'],
    ['#', '$SYS/uptime'],
    ['+/uptime', '$SYS/uptime'],
    ['a/b', 'a/b/'],
    ['a/#', 'ab'],
  ]) {
    it(`${filter} is not for ${topic}`, () => assert.equal(matchTopic(parseFilter(filter), topic), undefined))
  }

  for (const filter of ['', 'a+/b', 'a/b#', 'a/#/b', '+r/+r', 'a/+one two', '$share/g', '$share//a', '$share/g+/a', 'a\0b'])
    it(`refuses ${JSON.stringify(filter)}`, () => {
      assert.throws(
        () => parseFilter(filter),
        (/** @type {any} */ error) => error instanceof InvalidArgumentError && error.code === 'invalid_topic',
      )
    })

  it('answers topicMatches()', () => {
    assert.equal(topicMatches('lab/+room', 'lab/1'), true)
    assert.equal(topicMatches('lab/+', 'lab/1/2'), false)
  })

  it('keeps params from being changed, as they are shared by all messages of a topic', () => {
    const params = matchTopic(parseFilter('+room'), '1')
    assert.throws(() => (params.room = '2'), TypeError)
  })
})
