import { connect, type Connection, type Message } from 'websocket-mq'
import './style.css'

const mostMessages = 100

const state = document.querySelector<HTMLElement>('#state')!
const error = document.querySelector<HTMLElement>('#error')!
const retry = document.querySelector<HTMLButtonElement>('#retry')!
const form = document.querySelector<HTMLFormElement>('#publish')!
const messages = document.querySelector<HTMLElement>('#messages')!

/** Undefined until the first connection is there, and after the last. */
let mq: Connection | undefined

function showState(name: string, details = ''): void {
  state.dataset['state'] = name
  state.textContent = name + details
  retry.hidden = name !== 'closed'
}

function showError(reason: unknown): void {
  error.textContent = reason instanceof Error ? reason.message : reason ? String(reason) : ''
}

function showMessage({ params, text }: Message<{ readonly room: string }>): void {
  const item = document.createElement('li')
  item.textContent = `${params.room}: ${text()}`
  messages.prepend(item)
  while (messages.childElementCount > mostMessages) messages.lastElementChild?.remove()
}

async function open(): Promise<void> {
  showState('connecting')
  showError(undefined)
  try {
    mq = await connect('/ws_mqtt')
    showState('connected')
    // From now on it reconnects by itself, and subscribes anew.
    mq.on('state', ({ state, retryIn, error }) => {
      showState(state, retryIn === undefined ? '' : `, again in ${Math.ceil(retryIn / 1000)} s`)
      showError(error)
    })
    mq.on('error', showError)
    mq.subscribe('chat/+room', { qos: 1 }, showMessage)
    const end = await mq.closed
    showError(end.error)
  } catch (reason) {
    showError(reason)
  }
  mq = undefined
  showState('closed')
}

form.addEventListener('submit', (event) => {
  event.preventDefault()
  const { room, text } = Object.fromEntries(new FormData(form)) as { room: string; text: string }
  if (mq === undefined) return showError('There is no connection to publish with.')
  form.querySelector<HTMLInputElement>('[name=text]')!.value = ''
  // Without a connection for a moment, it is kept and sent later.
  mq.publish(`chat/${room}`, text, { qos: 1 }).catch(showError)
})
retry.addEventListener('click', () => void open())
void open()
