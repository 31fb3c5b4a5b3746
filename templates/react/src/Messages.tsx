import { type SubmitEvent, useState } from 'react'
import { useConnection, useSubscription } from 'websocket-mq/react'

const mostMessages = 100

export function Messages() {
  const { mq } = useConnection()
  const [messages, setMessages] = useState<readonly { key: number; text: string }[]>([])
  const [failure, setFailure] = useState<unknown>()

  const { error } = useSubscription(
    'chat/+room',
    ({ params, text }) => {
      const shown = `${params['room']}: ${text()}`
      setMessages((before) => [{ key: (before[0]?.key ?? 0) + 1, text: shown }, ...before].slice(0, mostMessages))
    },
    { qos: 1 },
  )

  function publish(event: SubmitEvent<HTMLFormElement>) {
    event.preventDefault()
    const form = event.currentTarget
    const { room, text } = Object.fromEntries(new FormData(form)) as { room: string; text: string }
    form.querySelector<HTMLInputElement>('[name=text]')!.value = ''
    setFailure(undefined)
    // Without a connection for a moment, it is kept and sent later.
    mq?.publish(`chat/${room}`, text, { qos: 1 }).catch(setFailure)
  }

  const shown = failure ?? error
  return (
    <>
      <form onSubmit={publish}>
        <input name="room" aria-label="Room" defaultValue="lobby" pattern="[^\/+#]+" title="A name without / + #" required size={8} />
        <input name="text" aria-label="Message" placeholder="Say something" autoComplete="off" required />
        <button disabled={mq === undefined}>Publish</button>
      </form>
      {shown instanceof Error && <p role="alert">{shown.message}</p>}
      <ul aria-label="Messages">
        {messages.map(({ key, text }) => (
          <li key={key}>{text}</li>
        ))}
      </ul>
    </>
  )
}
