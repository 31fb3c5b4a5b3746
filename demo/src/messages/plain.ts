// Messages as JSON, for files and the session's storage: the latest small ones.
import type { Properties } from 'websocket-mq/webapp/wasm'
import { list, oneOf, record, text, whole } from '../store/shapes.js'
import { base64Of } from './payload.js'
import type { Content, Shown } from './shown.js'

const MOST = 200
/** Bytes of a payload. */
const LONGEST = 4096

type Dated = Pick<Shown, 'content' | 'at'>

export function plainMessages(messages: readonly Dated[]): unknown[] {
  return messages
    .filter(({ content }) => content.bytes.length <= LONGEST)
    .slice(-MOST)
    .map(({ at, content: { topic, qos, retain, bytes, properties } }) => ({
      at,
      topic,
      qos,
      retain,
      base64: base64Of(bytes),
      ...(Object.keys(properties).length > 0 && { properties: plainProperties(properties) }),
    }))
}

/** Whatever is no message is left out. */
export function messagesOf(plain: unknown): Dated[] {
  return list(plain)
    .slice(-MOST)
    .flatMap((each) => {
      const given = record(each)
      const topic = text(given['topic'], '')
      const bytes = bytesOf(given['base64'])
      // In files of before the page kept the other properties, it stands beside the payload.
      const contentType = text(given['contentType'], '')
      if (topic === '' || bytes === undefined) return []
      const content: Content = {
        topic,
        bytes,
        qos: oneOf(given['qos'], [0, 1, 2], 0),
        retain: given['retain'] === true,
        duplicate: false,
        properties: { ...(contentType !== '' && { contentType }), ...propertiesOf(given['properties']) },
      }
      return [{ content, at: whole(given['at'], 0, [0, Number.MAX_SAFE_INTEGER]) }]
    })
}

function plainProperties(properties: object): object {
  const entries = Object.entries(properties).map(
    ([name, value]) => [name, value instanceof Uint8Array ? { base64: base64Of(value) } : value] as const,
  )
  return Object.fromEntries(entries)
}

function propertiesOf(plain: unknown): Properties {
  const entries = Object.entries(record(plain)).map(([name, value]) => [name, bytesOf(record(value)['base64']) ?? value] as const)
  return Object.fromEntries(entries)
}

function bytesOf(given: unknown): Uint8Array | undefined {
  try {
    return Uint8Array.from(atob(text(given, '?')), (character) => character.charCodeAt(0))
  } catch {
    return undefined
  }
}
