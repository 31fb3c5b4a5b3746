// A message as a command line that publishes it: docs/command.md.
import type { MessageProperties } from 'websocket-mq/webapp/wasm'
import { base64Of, isBinary, strictTextOf, textOf } from '../messages/payload.js'
import type { Content } from '../messages/shown.js'
import { withoutSecrets } from '../store/settings.js'
import { pairsIn } from './properties.js'

/** Without credentials: there may be a user name, and WSMQ_PASSWORD has the password. @param uri the broker's */
export function commandOf({ topic, bytes, qos, retain, properties }: Content, uri: string, username: string): string {
  const words = ['wsmq', 'pub', '-L', withoutSecrets(uri), '-t', topic]
  if (username !== '') words.push('-u', username)
  if (qos > 0) words.push('-q', String(qos))
  if (retain) words.push('-r')
  for (const property of propertyWords(properties as MessageProperties)) words.push('-D', 'publish', ...property)
  const text = strictTextOf(bytes)
  if (text !== undefined && !isBinary(text, bytes.length)) return [...words, '-m', text].map(quoted).join(' ')
  return `printf %s ${quoted(base64Of(bytes))} | base64 -d | ${[...words, '-s'].map(quoted).join(' ')}`
}

/** The words of each property. */
function propertyWords({
  contentType,
  responseTopic,
  correlationData,
  messageExpiryInterval,
  userProperties,
}: MessageProperties): string[][] {
  const named = [
    ['content-type', contentType],
    ['response-topic', responseTopic],
    ['correlation-data', correlationData && textOf(correlationData)],
    ['message-expiry-interval', messageExpiryInterval?.toString()],
  ] as const
  return [
    ...named.flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
    ...pairsIn(userProperties).map((pair) => ['user-property', ...pair]),
  ]
}

/** For a POSIX shell. */
function quoted(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`
}
