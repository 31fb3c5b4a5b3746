// Writes the seeds of client_fuzz into corpus/client: exchanges as they happen, and where they go wrong.
// Run it by hand when the program format of client_fuzz.cpp changes: node tests/fuzz/make-client-corpus.mjs
import { mkdir, rm, writeFile } from 'node:fs/promises'

const folder = new URL('corpus/client/', import.meta.url)

// --- The program: three bytes of options, then steps, in the order of the enumeration in client_fuzz.cpp ---
const names = [
  ...['receive', 'receivePieces', 'receiveLong', 'open', 'close', 'tick', 'sleep', 'answer', 'publish', 'prepare'],
  ...['subscribe', 'unsubscribe', 'cancel', 'start', 'stop', 'react', 'credentials', 'authenticate', 'backlog'],
  ...['wakeUp', 'replace', 'reconnect'],
]
const reactions = ['none', 'publish', 'subscribe', 'cancel', 'stop', 'start', 'replace', 'authenticate']
const code = (name, argument = 0) => names.indexOf(name) | (argument << 5)
const step = (name, argument = 0, ...rest) => [code(name, argument), ...rest]
const receive = (...packets) => {
  const bytes = packets.flat()
  return bytes.length < 256
    ? [code('receive'), bytes.length, ...bytes]
    : [code('receiveLong'), bytes.length >> 8, bytes.length & 255, ...bytes]
}
const receivePieces = (piece, ...packets) => [code('receivePieces', piece - 1), packets.flat().length, ...packets.flat()]
const publish = (qos, topic = 0, size = 1, flags = 0) => step('publish', 0, qos | flags, topic, size)
const prepare = (qos, topic = 0, size = 1) => step('prepare', 0, qos, topic, size)
const react = (name) => step('react', reactions.indexOf(name))
const answer = (count = 8) => step('answer', count - 1)
const connect = (...connack) => [step('open'), connack.length > 0 ? receive(connack) : answer(1)].flat()
const retry = () => [step('tick'), step('tick')].flat()

// --- Options ---
const v5 = [0, 6, 0]
const v311 = [1, 6, 0]
const v31 = [2, 6, 0]
const queue = 7 << 3
const lasting = (version) => [version | 8 | 32, 6 | 32, queue]
const authenticating = [64, 6, queue]

// --- Packets of a broker ---
const packet = (first, ...body) => [first, body.flat().length, ...body.flat()]
const text = (string) => [0, string.length, ...Buffer.from(string)]
const connackOf = (flags, reason, ...properties) => packet(0x20, flags, reason, properties.flat().length, properties.flat())
const message = (qos, id, topic, payload, ...properties) =>
  packet(0x30 | (qos << 1), text(topic), qos ? [0, id] : [], properties.flat().length, properties.flat(), [...Buffer.from(payload)])
const acknowledgement = (first, id, reason) => packet(first, 0, id, reason === undefined ? [] : [reason])
const auth = (reason, method = 'M') => packet(0xf0, reason, 3 + method.length, 0x15, text(method))
const disconnect = (reason) => packet(0xe0, reason, 0)
const alias = (number) => [0x23, 0, number]

const seeds = {
  'connect-5.0': [v5, connect()],
  'connect-3.1.1': [v311, connect()],
  'connect-3.1': [v31, connect()],
  'connect-with-everything': [
    [128, 6, queue],
    connect(connackOf(0, 0, [0x21, 0, 2], [0x22, 0, 3], [0x27, 0, 0, 0, 60], [0x13, 0, 9], [0x12, ...text('id')])),
    publish(1),
    publish(2),
    answer(),
  ],
  'connack-in-pieces': [v5, step('open'), receivePieces(1, connackOf(0, 0)), publish(0)],
  'connack-refused': [[0, 6 | 8 | 32, 0], step('open'), receive(connackOf(0, 0x87)), step('tick'), step('open')],
  'connack-busy-then-next-host': [[0, 6 | 8 | 32, 0], step('open'), receive(connackOf(0, 0x89)), connect(), publish(1)],
  'transport-fails': [[0, 6 | 16, 0], step('close', 1), step('close', 1), step('close', 1), step('start')],
  'connect-times-out': [[0, 6 | 32, 0], step('tick'), retry(), step('open'), step('tick')],
  'publish-all-qos': [[0, 6, queue], connect(), publish(0), publish(1), publish(2), answer(), answer()],
  'publish-prepared': [[0, 6, queue], connect(), prepare(0), prepare(1), prepare(2, 2, 200), answer(), answer()],
  'publish-refused': [v5, connect(), publish(1, 3), publish(3), publish(1, 0, 255, 32), publish(2, 4)],
  'publish-offline': [
    [0, 6, queue],
    publish(0),
    publish(1),
    publish(2),
    publish(1, 0, 1, 8),
    publish(1, 0, 1, 16),
    publish(1, 0, 1, 24),
    connect(),
    answer(),
    answer(),
  ],
  'publish-offline-no-room': [
    [0, 6, 8 | 64],
    publish(1),
    publish(0, 0, 1, 8),
    publish(0, 0, 1, 8),
    publish(1, 0, 1, 16),
    publish(1),
    connect(),
    answer(),
  ],
  'publish-acks-refuse': [
    [0, 6, queue],
    connect(),
    publish(1),
    publish(2),
    receive(acknowledgement(0x40, 1, 0x87), acknowledgement(0x50, 2, 0x97)),
  ],
  'publish-resumed': [
    lasting(0),
    connect(),
    publish(1),
    publish(2),
    answer(1),
    step('close'),
    retry(),
    connect(connackOf(1, 0)),
    answer(),
    answer(),
  ],
  'publish-session-lost': [
    lasting(0),
    connect(),
    publish(1),
    publish(2),
    answer(),
    publish(2),
    step('close'),
    retry(),
    connect(),
    answer(),
    answer(),
  ],
  'publish-resumed-3.1.1': [lasting(1), connect(), publish(2), step('close'), retry(), connect(packet(0x20, 1, 0)), answer(), answer()],
  'publish-resumed-3.1': [lasting(2), connect(), publish(2), answer(1), step('close'), retry(), connect(), answer(), answer()],
  'publish-client-replaced': [
    lasting(0),
    connect(),
    publish(1),
    publish(2),
    answer(1),
    step('replace'),
    step('start'),
    connect(connackOf(1, 0)),
    answer(),
    answer(),
  ],
  'publish-backlog': [[0, 6, queue | 128], connect(), step('backlog', 0, 1, 0), publish(0), publish(1), step('backlog', 0, 0, 0), answer()],
  'publish-cancelled': [[0, 6, queue], publish(1), step('cancel'), connect(), publish(2), step('cancel'), answer(), answer()],
  'receive-all-qos': [v5, connect(), receive(message(0, 0, 'a', 'x'), message(1, 1, 'a', 'x'), message(2, 2, 'a', 'x')), answer()],
  'receive-duplicates': [
    lasting(0),
    connect(),
    receive(message(2, 2, 'a', 'x'), message(2, 2, 'a', 'x')),
    step('close'),
    retry(),
    connect(connackOf(1, 0)),
    receive(message(2, 2, 'a', 'x'), acknowledgement(0x62, 2)),
  ],
  'receive-in-pieces': [v5, connect(), receivePieces(3, message(1, 1, 'some/topic', 'a payload of some length'), message(0, 0, 'a', ''))],
  'receive-pieces-that-overlap': [
    v5,
    connect(),
    ...[8, 7, 6].map((piece) => receivePieces(piece, ...'123456'.split('').map((digit) => message(0, 0, 'a', digit)))),
  ],
  'receive-long': [v5, connect(), receive(...Array.from({ length: 20 }, (_, i) => message(1, i + 1, 'a/b/c', 'x'.repeat(30))))],
  'receive-aliases': [
    [0, 6, 6],
    connect(),
    receive(
      message(0, 0, 'first', '1', alias(1)),
      message(0, 0, '', '2', alias(1)),
      message(0, 0, 'second', '3', alias(1)),
      message(0, 0, '', '4', alias(1)),
    ),
  ],
  'receive-bad-alias': [[0, 6, 6], connect(), receive(message(0, 0, '', '2', alias(2)))],
  'receive-over-maximum': [[0, 6 | 128, 0], connect(), receive(message(2, 1, 'a', ''), message(2, 2, 'a', ''), message(2, 3, 'a', ''))],
  'receive-too-large': [[0, 6, 1], connect(), receive([0x30, 0xff, 0x7f])],
  'receive-properties': [
    v5,
    connect(),
    receive(
      message(
        1,
        9,
        'a',
        'x',
        [0x03, ...text('t')],
        [0x26, ...text('k'), ...text('v')],
        [0x0b, 5],
        [0x08, ...text('r')],
        [0x09, ...text('c')],
      ),
    ),
  ],
  'malformed-qos-3': [v5, connect(), receive(packet(0x36, text('a'), 0, 1, 0))],
  'malformed-length': [v5, connect(), receive([0x30, 0x80, 0x80, 0x80, 0x80, 1])],
  'malformed-before-connack': [v5, step('open'), receive(message(0, 0, 'a', ''))],
  'unexpected-acks': [
    v5,
    connect(),
    receive(
      acknowledgement(0x40, 5),
      acknowledgement(0x50, 6),
      acknowledgement(0x70, 7),
      acknowledgement(0x62, 8),
      packet(0x90, 0, 9, 0, 0),
      packet(0xb0, 0, 9, 0, 0),
    ),
  ],
  subscribe: [
    lasting(0),
    connect(),
    step('subscribe', 0),
    step('subscribe', 3),
    step('unsubscribe', 0),
    answer(),
    receive(message(1, 1, 'a/b', 'x')),
  ],
  'subscribe-renewed': [
    lasting(0),
    connect(),
    step('subscribe', 0),
    step('subscribe', 3),
    answer(),
    step('close'),
    retry(),
    connect(),
    answer(),
  ],
  'subscribe-renewal-refused': [
    lasting(0),
    connect(),
    step('subscribe', 3),
    answer(),
    step('close'),
    retry(),
    connect(),
    receive(packet(0x90, 0, 2, 0, 0x87)),
  ],
  'keep-alive': [v5, connect(), step('tick'), answer(), step('tick'), step('tick')],
  'keep-alive-slept': [v5, connect(), step('sleep', 7), step('sleep', 7), step('sleep', 7), step('wakeUp'), step('tick')],
  'wake-up-while-waiting': [[0, 6 | 32, 0], connect(), step('close'), step('wakeUp'), connect()],
  'broker-disconnects': [[0, 6 | 32, 0], connect(), receive(disconnect(0x8b)), retry(), connect(), receive(disconnect(0x8e))],
  'stop-with-will': [[128, 6, queue], connect(), publish(1), step('stop', 1), step('start'), connect()],
  credentials: [
    [16, 6 | 32, queue],
    step('credentials', 3),
    connect(),
    step('close'),
    retry(),
    step('credentials', 0),
    retry(),
    step('credentials', 1),
    connect(),
  ],
  authentication: [
    authenticating,
    step('open'),
    receive(auth(0x18)),
    step('authenticate', 2),
    receive(connackOf(0, 0, [0x15, ...text('M')], [0x16, ...text('end')])),
    step('authenticate', 1),
    receive(auth(0x18)),
    step('authenticate', 2),
    receive(auth(0)),
  ],
  'authentication-fails': [
    authenticating,
    step('open'),
    receive(auth(0x18)),
    step('authenticate', 0),
    step('start'),
    step('open'),
    receive(auth(0x18, 'N')),
  ],
  'react-publish': [[0, 6, queue], connect(), react('publish'), receive(message(1, 1, 'a', 'x'), message(0, 0, 'a', 'y'))],
  'react-stop': [
    [0, 6, queue],
    connect(),
    publish(1),
    react('stop'),
    receive(message(0, 0, 'a', 'x'), message(0, 0, 'a', 'y'), acknowledgement(0x40, 1)),
  ],
  reconnect: [
    lasting(0),
    connect(),
    publish(1),
    step('reconnect'),
    publish(2),
    answer(),
    connect(connackOf(1, 0)),
    step('reconnect'),
    step('tick'),
    answer(),
  ],
  'react-replace': [
    lasting(0),
    connect(),
    publish(1),
    react('replace'),
    receive(message(2, 1, 'a', 'x'), message(0, 0, 'a', 'y')),
    step('start'),
    connect(connackOf(1, 0)),
    answer(),
  ],
}

await rm(folder, { recursive: true, force: true })
await mkdir(folder, { recursive: true })
for (const [name, steps] of Object.entries(seeds)) await writeFile(new URL(name, folder), Uint8Array.from(steps.flat(3)))
console.log(`${Object.keys(seeds).length} seeds in tests/fuzz/corpus/client`)
