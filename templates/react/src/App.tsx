import { Connection } from './Connection'
import { Messages } from './Messages'
import { People } from './People'

export function App() {
  return (
    <>
      <h1>Live messages</h1>
      <Connection />
      <Messages />
      <People />
    </>
  )
}
