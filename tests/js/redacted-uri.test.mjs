import assert from 'node:assert/strict'
import { it } from 'node:test'
import { importSource } from './support/sources.mjs'

const { redactedUri } = await importSource('redacted-uri')

for (const plain of ['', 'foo', 'ws://host/mqtt', 'wss://[::1]:8443/', 'ws://h:9001', 'ws://%2D/a;b=c'])
  it(`shows "${plain}" as it is`, () => assert.equal(redactedUri(plain), plain))

for (const [uri, shown] of [
  ['wss://h:444/ws?token=secret', 'wss://h:444/ws?***'],
  ['wss://h/ws?a=b&token=secret?secret/secret', 'wss://h/ws?***'],
  ['wss://h?secret', 'wss://h/?***'],
  ['wss://h/#secret', 'wss://h/'],
  ['wss://secret:secret@h/ws', 'wss://h/ws'],
  ['wss://secret@h:1/', 'wss://h:1/'],
  ['wss:/secret:secret@h/ws', 'wss://h/ws'],
  ['https://ann:secret@h/ws', 'https://h/ws'],
  ['ws://ann:sec/ret@h/', '***'],
  ['ws://ann/x:secret@h/', '***'],
  ['ws://ann:secret', '***'],
  ['ann:secret@h', '***'],
  ['mqtt://ann:secret@h', '***'],
  ['//ann:secret@h', '***'],
  ['/ws_mqtt?token=secret', '***'],
  ['secret@', '***'],
])
  it(`shows ${uri} as ${shown}`, () => assert.equal(redactedUri(uri), shown))
