// A session as a file: how it connects, what it subscribes to, what it shows. Never the password.
import { log } from '../messages/log.js'
import { messagesOf, plainMessages } from '../messages/plain.js'
import { restore, stored } from '../messages/subscriptions.js'
import { draft, readDraft } from '../publish/draft.js'
import { readSettings, settings, withoutSecrets } from './settings.js'
import { record, text } from './shapes.js'
import { query } from './view.js'

const KIND = 'websocket-mq demo session'
const VERSION = 1

export function sessionText(): string {
  const now = settings.peek()
  const session = {
    kind: KIND,
    version: VERSION,
    settings: { ...now, address: withoutSecrets(now.address) },
    subscriptions: stored(),
    publish: draft.peek(),
    query: query.peek(),
    messages: plainMessages(log.list()),
  }
  return JSON.stringify(session, undefined, 2)
}

/** Throws an Error with a sentence for the user. */
export function importSession(file: string): void {
  let session
  try {
    session = record(JSON.parse(file))
  } catch {
    throw new Error('This file is no JSON: choose one that this page has exported.')
  }
  if (session['kind'] !== KIND || session['version'] !== VERSION)
    throw new Error(`This file is no session of version ${VERSION}: choose one that this page has exported.`)
  settings.value = readSettings(session['settings'])
  restore(session['subscriptions'])
  draft.value = readDraft(session['publish'])
  query.value = text(session['query'], '')
  log.restore(messagesOf(session['messages']))
}

export function exportSession(): void {
  const url = URL.createObjectURL(new Blob([sessionText()], { type: 'application/json' }))
  const link = document.createElement('a')
  link.href = url
  link.download = `websocket-mq-${new Date().toISOString().slice(0, 19).replace(/:/g, '-')}.json`
  link.click()
  setTimeout(() => URL.revokeObjectURL(url))
}
