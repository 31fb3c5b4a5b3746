// The latest messages over a reload of the tab: small ones, in the session's storage, as plain data.
import { list, oneOf, record, text, whole } from '../store/shapes.js'
import { read, write } from '../store/storage.js'
import { type MessageLog } from './log.js'
import type { Content, Shown } from './shown.js'

const KEY = 'history'
const MOST = 200
/** Bytes of a payload in the history. */
const LONGEST = 4096

export function plainHistory(log: MessageLog): unknown[] {
  return log
    .list()
    .filter(({ content }) => content.bytes.length <= LONGEST)
    .slice(-MOST)
    .map(({ at, content: { topic, qos, retain, bytes, properties } }: Shown) => {
      const { contentType } = properties as { contentType?: string }
      return { at, topic, qos, retain, base64: btoa(String.fromCharCode(...bytes)), ...(contentType && { contentType }) }
    })
}

export function addHistory(log: MessageLog, stored: unknown): void {
  for (const each of list(stored).slice(-MOST)) {
    const given = record(each)
    const topic = text(given['topic'], '')
    const bytes = bytesOf(given['base64'])
    if (topic === '' || bytes === undefined) continue
    const contentType = text(given['contentType'], '')
    const content: Content = {
      topic,
      bytes,
      qos: oneOf(given['qos'], [0, 1, 2], 0),
      retain: given['retain'] === true,
      duplicate: false,
      properties: contentType === '' ? {} : { contentType },
    }
    log.add([content], undefined, whole(given['at'], 0, [0, Number.MAX_SAFE_INTEGER]))
  }
}

/** Restores what the tab had before it was loaded again, and keeps what it has when it is closed. */
export function keepHistory(log: MessageLog): void {
  addHistory(log, read('sessionStorage', KEY))
  addEventListener('pagehide', () => write('sessionStorage', KEY, plainHistory(log)))
}

function bytesOf(base64: unknown): Uint8Array | undefined {
  try {
    return Uint8Array.from(atob(text(base64, '?')), (character) => character.charCodeAt(0))
  } catch {
    return undefined
  }
}
