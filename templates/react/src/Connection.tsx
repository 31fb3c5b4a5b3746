import { useConnection } from 'websocket-mq/react'

/** How the connection is, why it is not there, and a way to try again. */
export function Connection() {
  const { state, error, retry } = useConnection()
  return (
    <>
      <p role="status" data-state={state}>
        {state}
      </p>
      {error instanceof Error && <p role="alert">{error.message}</p>}
      {state === 'closed' && <button onClick={retry}>Try again</button>}
    </>
  )
}
