import { password, remember, settings } from '../store/settings.js'
import { open } from './link.js'

/** Connects by what the form says, in place of the connection that there is. */
export function reconnect(): Promise<void> {
  remember()
  return open(settings.peek(), password.peek())
}
