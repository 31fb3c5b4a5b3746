// Rooms and conversations.
import { useSignal } from '@preact/signals'
import { useLayoutEffect, useRef } from 'preact/hooks'
import { app, isConnected, uid } from '../connection/link.js'
import { Choice, Heading } from '../ui/fields.js'
import { Icon } from '../ui/icon.js'
import { time } from '../ui/text.js'
import { people, roomsOf } from './participants.js'
import { joinRoom, leaveRoom, problem, rooms, said, type Said, say, target } from './talk.js'

const MOST_MEMBERS = 12

export function PeopleView() {
  return (
    <section class="panel view talk" aria-labelledby="talk-title">
      <Heading id="talk-title" text="Talk">
        <JoinForm />
      </Heading>
      <RoomList />
      <Members />
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

function membersOf(room: string) {
  return people.value.filter((each) => roomsOf(each).includes(room))
}

function RoomList() {
  return (
    <ul class="chips" aria-label="Rooms">
      {rooms.value.map((room) => {
        const isChosen = target.value === `#${room}`
        return (
          <li key={room} class={isChosen ? 'chip chosen' : 'chip'}>
            <button type="button" aria-pressed={isChosen} onClick={() => (target.value = `#${room}`)}>
              # {room} <span class="count">{membersOf(room).length + 1}</span>
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

/** Who else is in the chosen room. */
function Members() {
  if (!target.value.startsWith('#')) return null
  const members = membersOf(target.value.slice(1))
  return (
    <ul class="members" aria-label="Members of the room">
      {members.length === 0 && <li class="quiet">Nobody else is in this room.</li>}
      {members.slice(0, MOST_MEMBERS).map(({ uid: member }) => (
        <li key={member}>
          <button type="button" class="badge" title={`Talk with ${member}`} onClick={() => (target.value = member)}>
            {member}
          </button>
        </li>
      ))}
      {members.length > MOST_MEMBERS && <li class="quiet">and {members.length - MOST_MEMBERS} more</li>}
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
