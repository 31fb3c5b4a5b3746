// The convention's topics (docs/protocol.md), where JavaScript has to know them; and what of a webapp's messages may be sent
// by the page that comes after. A request whose caller is gone must not be executed later, presence is of the moment, and so
// are answers and control messages.
import type { Keeps } from './outbox.js'

/** What the application publishes itself, and messages to rooms and peers. */
export function keepsOfWebapp(root: string): Keeps {
  const convention = `${root}webapp/`
  return (message) => {
    if (!message.topic.startsWith(convention)) return true
    const [kind, name = ''] = message.topic.slice(convention.length).split('/')
    if (kind === 'room') return !name.startsWith('_')
    return kind === 'peer' && !message.isCorrelated && !isJsonRpc(message.payload)
  }
}

export function statusTopicOf(root: string): (uid: string) => string {
  return (uid) => `${root}webapp/status/${uid}`
}

/** On which a webapp sends. */
export function topicsOf(root: string) {
  return {
    peer: (to: string, from: string) => `${root}webapp/peer/${to}/${from}`,
    room: (room: string, from: string) => `${root}webapp/room/${room}/${from}`,
    /** Of the unnamed backend where `service` is empty. */
    request: (service: string, from: string) => `${root}webapp/req/${service === '' ? from : `${service}/${from}`}`,
  }
}

/** On a peer's topic, a JSON object with a member `jsonrpc` is a request, a response or a notification. */
export function isJsonRpc(payload: Uint8Array): boolean {
  const text = new TextDecoder().decode(payload)
  if (!text.includes('jsonrpc')) return false
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null && 'jsonrpc' in value
  } catch {
    return false
  }
}
