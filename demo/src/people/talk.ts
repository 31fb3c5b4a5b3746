// What is said: in rooms, and from one webapp to another.
import { effect, signal } from '@preact/signals'
import { app, isConnected } from '../connection/link.js'
import { isEcho } from '../connection/latency.js'
import type { App } from '../connection/schema.js'
import { record, text, texts } from '../store/shapes.js'
import { read, write } from '../store/storage.js'
import { sentence } from '../ui/text.js'

export interface Said {
  readonly id: number
  readonly at: number
  readonly from: string
  readonly text: string
  /** The room; undefined: between two. */
  readonly room: string | undefined
  /** To whom; undefined in a room. */
  readonly to: string | undefined
}

/** Of what is kept. */
const MOST = 200
export const LOBBY = 'lobby'

export const said = signal<readonly Said[]>([])
export const rooms = signal<readonly string[]>([LOBBY])
/** `#room`, or a uid. */
export const target = signal(`#${LOBBY}`)
export const problem = signal('')

let nextId = 0
const leavers = new Map<string, () => void>()

export function startTalk(): void {
  const kept = texts(read('sessionStorage', 'rooms'))
  if (kept.length > 0) rooms.value = kept
  effect(() => {
    const webapp = app.value
    leavers.clear()
    if (webapp === undefined) return
    for (const room of rooms.peek()) listen(webapp, room)
    tellRooms()
    return webapp.on('message', ({ from, data }) => {
      if (!isEcho(data)) keep({ from, text: textIn(data), room: undefined, to: webapp.uid })
    })
  })
}

export function joinRoom(room: string): void {
  problem.value = ''
  const webapp = app.peek()
  if (webapp === undefined) return
  try {
    if (!rooms.peek().includes(room)) {
      listen(webapp, room)
      setRooms([...rooms.peek(), room])
    }
    target.value = `#${room}`
  } catch (error) {
    problem.value = sentence(error)
  }
}

export function leaveRoom(room: string): void {
  leavers.get(room)?.()
  leavers.delete(room)
  setRooms(rooms.peek().filter((each) => each !== room))
  if (target.peek() === `#${room}`) target.value = rooms.peek()[0] === undefined ? '' : `#${rooms.peek()[0]}`
}

/** Returns whether it is on its way. */
export function say(words: string): boolean {
  const webapp = app.peek()
  const to = target.peek()
  if (webapp === undefined || !isConnected.peek() || to === '') return false
  try {
    if (to.startsWith('#')) webapp.room(to.slice(1)).send({ text: words })
    else webapp.peer(to).send({ text: words })
  } catch (error) {
    problem.value = sentence(error)
    return false
  }
  keep({ from: webapp.uid, text: words, ...(to.startsWith('#') ? { room: to.slice(1), to: undefined } : { room: undefined, to }) })
  return true
}

function listen(webapp: App, name: string): void {
  const room = webapp.room(name)
  room.on(({ from, data }) => keep({ from, text: textIn(data), room: name, to: undefined }))
  leavers.set(name, () => room.leave())
}

function setRooms(all: readonly string[]): void {
  rooms.value = all
  write('sessionStorage', 'rooms', all)
  tellRooms()
}

/** A room has no list of members: each says where it is. */
function tellRooms(): void {
  try {
    app.peek()?.presence.setState({ rooms: [...rooms.peek()] })
  } catch (error) {
    problem.value = sentence(error)
  }
}

function keep(each: Omit<Said, 'id' | 'at'>): void {
  said.value = [...said.peek(), { ...each, id: nextId++, at: Date.now() }].slice(-MOST)
}

/** Anything may come, from anybody. */
function textIn(data: unknown): string {
  const given = record(data)['text']
  return text(given, JSON.stringify(data ?? null))
}
