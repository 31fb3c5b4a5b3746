// Rooms and conversations.
import { useSignal } from '@preact/signals'
import { useLayoutEffect, useRef } from 'preact/hooks'
import { app, isConnected, uid } from '../connection/link.js'
import { Choice, Heading } from '../ui/fields.js'
import { Icon } from '../ui/icon.js'
import { time } from '../ui/text.js'
import { people, roomsOf } from './participants.js'
import { joinRoom, leaveRoom, problem, rooms, said, type Said, say, target } from './talk.js'

export function PeopleView() {
  return (
    <section class="panel view talk" aria-labelledby="talk-title">
      <Heading id="talk-title" text="Talk">
        <JoinForm />
      </Heading>
      <RoomList />
      <Conversation />
      {problem.value && (
        <p class="outcome failed" role="alert">
          {problem.value}
        </p>
      )}
      <SayForm />
    </section>
  )
}

function JoinForm() {
  const name = useSignal('')
  const join = (event: Event) => {
    event.preventDefault()
    joinRoom(name.value.trim())
    name.value = ''
  }
  return (
    <form class="inline" onSubmit={join}>
      <label>
        <span class="hidden">Room</span>
        <input value={name} required placeholder="Room" onInput={(event) => (name.value = event.currentTarget.value)} autocomplete="off" />
      </label>
      <button disabled={app.value === undefined}>Join</button>
    </form>
  )
}

function RoomList() {
  return (
    <ul class="chips" aria-label="Rooms">
      {rooms.value.map((room) => {
        const members = people.value.filter((each) => roomsOf(each).includes(room))
        const isChosen = target.value === `#${room}`
        return (
          <li key={room} class={isChosen ? 'chip chosen' : 'chip'}>
            <button
              type="button"
              aria-pressed={isChosen}
              title={
                members.length === 0
                  ? 'Nobody else is here'
                  : members
                      .map((each) => each.uid)
                      .slice(0, 20)
                      .join('\n')
              }
              onClick={() => (target.value = `#${room}`)}
            >
              # {room} <span class="count">{members.length + 1}</span>
            </button>
            <button type="button" class="plain" aria-label={`Leave ${room}`} onClick={() => leaveRoom(room)}>
              <Icon name="close" />
            </button>
          </li>
        )
      })}
    </ul>
  )
}

function Conversation() {
  const list = useRef<HTMLOListElement>(null)
  const all = said.value
  useLayoutEffect(() => {
    const element = list.current as HTMLOListElement
    element.scrollTop = element.scrollHeight
  }, [all])
  return (
    <ol ref={list} class="conversation" aria-label="What was said" tabIndex={0} aria-live="polite">
      {all.map((each) => (
        <Line key={each.id} {...each} />
      ))}
      {all.length === 0 && <li class="quiet">Nothing has been said yet.</li>}
    </ol>
  )
}

function Line({ from, text, at, room, to }: Said) {
  const isOwn = from === uid.value
  const where = room !== undefined ? `# ${room}` : isOwn ? `to ${to}` : 'to you'
  return (
    <li class={isOwn ? 'line mine' : 'line'}>
      <b>{from}</b>
      <span class="words">{text}</span>
      <span class="where">
        {where} · <time dateTime={new Date(at).toISOString()}>{time(at).slice(0, 5)}</time>
      </span>
    </li>
  )
}

function SayForm() {
  const words = useSignal('')
  const others = people.value.map((each) => each.uid)
  const to = target.value
  const options = [
    ...rooms.value.map((room) => [`#${room}`, `# ${room}`] as const),
    ...(to !== '' && !to.startsWith('#') && !others.includes(to) ? [[to, `${to} (gone)`] as const] : []),
    // A select of thousands helps nobody: the list of people chooses, too.
    ...others.slice(0, 200).map((each) => [each, each] as const),
    ...(others.indexOf(to) >= 200 ? [[to, to] as const] : []),
  ]
  const send = (event: Event) => {
    event.preventDefault()
    if (say(words.value)) words.value = ''
  }
  return (
    <form class="say" onSubmit={send}>
      <Choice label="To" hideLabel value={to} options={options} onChange={(value) => (target.value = value)} />
      <label>
        <span class="hidden">Message</span>
        <input
          id="say-text"
          value={words}
          required
          placeholder="Say something"
          autocomplete="off"
          onInput={(event) => (words.value = event.currentTarget.value)}
        />
      </label>
      <button class="primary" disabled={app.value === undefined || !isConnected.value || to === ''}>
        Send
      </button>
    </form>
  )
}
