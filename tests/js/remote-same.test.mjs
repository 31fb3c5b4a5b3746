// What a connection does, it does over a host, too: in a worker, and where pages share one. The same tests run once more.
import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { describe, it } from 'node:test'
import { fileURLToPath } from 'node:url'

const files = ['connection', 'publish', 'subscribe', 'connect', 'abort', 'overlap', 'message', 'poison', 'log']
const webappFiles = ['joining', 'methods', 'presence', 'requests', 'thrown'].map((theme) => `webapp-${theme}`)

/** The module's own checks are not there to throw; what they find after the fact fails the message. */
const foundLater = [
  'hands its options to the module as they are',
  ...['InvalidArgumentError, and never throws, for invalid_topic', 'QueueFullError, and never throws, for queue_full'].map(
    (what) => `rejects with ${what}`,
  ),
  ...['not_connected', 'packet_too_large', 'not_supported'].map((code) => `rejects with MqttError, and never throws, for ${code}`),
  'throws what is wrong with the call',
  // Empty messages count, too.
  'resolves when few enough messages are left',
  'refuses what is not a filter',
]
/** To each page it is the broker: retainHandling is about its subscriptions, and its words are the host's. */
const brokersPart = [
  'asks for the filters without the names, with the options',
  'is an error event where nobody looks',
  'rejects where the broker refuses, and not for want of a connection',
]

/** Messages of webapps are ordinary ones, which the stand-in for the layer does not see; and see above. */
const ofWebapps = ['exchange messages: JSON, or bytes of any kind', 'a room is entered once, and left']
const foundLaterOfWebapps = ['a state that is too large is refused, and the one before holds']

describe('a connection over a host', () => {
  for (const [over, differences] of /** @type {[string, string[]][]} */ ([
    ['direct', foundLater],
    ['merged', [...foundLater, ...brokersPart]],
  ]))
    it(`does what one in the page does: ${over}`, async () => {
      const output = await run(files, over)
      assert.match(output, /# pass [1-9]\d\d/)
      assert.deepEqual(failedOf(output), differences.toSorted())
    })
})

describe('a webapp over a host', () => {
  for (const over of ['direct', 'merged'])
    it(`does what one in the page does: ${over}`, async () => {
      const output = await run(webappFiles, over)
      assert.match(output, /# pass [5-9]\d/)
      assert.deepEqual(failedOf(output), [...ofWebapps, ...foundLaterOfWebapps].sort())
    })
})

/** Leaves only: a suite fails with them. @param {string} output */
function failedOf(output) {
  return [...output.matchAll(/^ +not ok \d+ - (.*)$/gm)].map(([, name]) => name).sort()
}

/** @param {string[]} tests @param {string} over @returns {Promise<string>} */
function run(tests, over) {
  const names = tests.map((file) => fileURLToPath(new URL(`${file}.test.mjs`, import.meta.url)))
  const env = { ...process.env, WSMQ_OVER: over }
  delete env['NODE_TEST_CONTEXT']
  return new Promise((resolve) => {
    execFile(process.execPath, ['--test', '--test-reporter=tap', ...names], { env, maxBuffer: 1e8 }, (_error, stdout) => resolve(stdout))
  })
}
