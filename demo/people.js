// Who is here, and what they say: to one by a peer message, to all in a room.
import { element } from './elements.js'
import { liveList, row, textIn } from './rows.js'

/** @typedef {import('./together.js').App} App */

const mostLines = 50
const clock = new Intl.DateTimeFormat(undefined, { hour: '2-digit', minute: '2-digit' })

export class People {
  #to = element('say-to', HTMLSelectElement)
  #text = element('say-text', HTMLInputElement)
  #talk = element('talk', HTMLOListElement)
  /** @type {App | undefined} */
  #app
  #draw = liveList(element('people', HTMLElement), element('nobody', HTMLElement), () => this.#rows())

  constructor() {
    element('say-form', HTMLFormElement).addEventListener('submit', (event) => {
      event.preventDefault()
      this.#say()
    })
  }

  /** @param {App} app */
  use(app) {
    this.#app = app
    app.presence.on(() => this.#draw())
    app.on('message', ({ from, data }) => this.#hear(from, textOf(data), 'private'))
    app.room('lobby').on(({ from, data }) => this.#hear(from, textOf(data)))
    element('say-button', HTMLButtonElement).disabled = false
    this.#draw()
  }

  #rows() {
    const all = [...(this.#app?.presence.values() ?? [])].sort((one, other) => one.uid.localeCompare(other.uid))
    const chosen = this.#to.value
    const options = all.map(({ uid }) => new Option(uid, uid, false, uid === chosen))
    this.#to.replaceChildren(new Option('Everybody', ''), ...options)
    return all.map(({ uid, since }) => row(true, uid, `since ${clock.format(since)}`))
  }

  #say() {
    const text = this.#text.value
    const to = this.#to.value
    if (to === '') this.#app?.room('lobby').send({ text })
    else this.#app?.peer(to).send({ text })
    this.#hear('you', to === '' ? text : `${text} (to ${to})`)
    this.#text.value = ''
  }

  /** @param {string} from @param {string} text @param {string} [kind] */
  #hear(from, text, kind = '') {
    const line = document.createElement('li')
    line.className = kind
    line.append(textIn('b', '', from), text)
    this.#talk.append(line)
    while (this.#talk.children.length > mostLines) this.#talk.firstElementChild?.remove()
    line.scrollIntoView({ block: 'nearest' })
  }
}

/** Others may send anything. @param {unknown} data */
function textOf(data) {
  const { text } = Object(data)
  return typeof text === 'string' ? text : ''
}
