import { useHistory } from '../history/history.js'
import { password, remember, settings } from '../store/settings.js'
import { open } from './link.js'

/** Connects by what the form says, in place of the connection that there is. */
export async function reconnect(): Promise<void> {
  remember()
  const now = settings.peek()
  await useHistory(now)
  await open(now, password.peek())
}
