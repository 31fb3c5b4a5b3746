import { useEffect, useState } from 'react'
import { useConnection, usePresence } from 'websocket-mq/react'

/** The other pages that are open now. */
export function People() {
  const { app } = useConnection()
  const present = usePresence()
  const [name, setName] = useState('Guest')
  // A name that was entered before the page had joined counts as well, and so does that of an earlier connection.
  useEffect(() => app?.presence.setState({ name }), [app, name])

  return (
    <section>
      <h2>Who else is there</h2>
      <label>
        Your name <input value={name} maxLength={40} onChange={({ target }) => setName(target.value)} />
      </label>
      {present.size === 0 && <p>Nobody. Open this page in another tab.</p>}
      <ul aria-label="Who else is there">
        {[...present].map(([uid, { state }]) => (
          <li key={uid}>{nameOf(state)}</li>
        ))}
      </ul>
    </section>
  )
}

/** Others can send anything. */
function nameOf(state: unknown): string {
  const name = (state as { name?: unknown } | null | undefined)?.name
  return typeof name === 'string' && name.trim() !== '' ? name.slice(0, 40) : 'Somebody'
}
