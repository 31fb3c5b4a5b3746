// What arrives: counted at once, shown at most once per frame, the newest first, and never more than a few hundred.
import { element, fromTemplate, part } from './elements.js'
import { show, size } from './payload.js'
import { RateChart } from './rate-chart.js'

/** @typedef {import('/dist/index.js').Message} Message */
/** @typedef {import('./payload.js').View} View */
/** @typedef {{ message: Message, time: Date, mark: number | undefined }} Arrival */

const mostShown = 200
/** After this many in one frame the next one waits: a page that only renders does nothing else. */
const manyAtOnce = 20
const pause = 100
const clock = new Intl.DateTimeFormat(undefined, {
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
  fractionalSecondDigits: 3,
  hour12: false,
})
const numbers = new Intl.NumberFormat()

export class Messages {
  #list = element('messages', HTMLOListElement)
  #skipped = element('skipped', HTMLElement)
  #chart = new RateChart()
  /** What is in the list, the oldest first. @type {Arrival[]} */
  #shown = []
  /** What will be. @type {Arrival[]} */
  #waiting = []
  /** How many messages were too many to be shown since the last frame, or arrived while paused. */
  #passedOver = 0
  #paused = false
  /** @type {View} */
  #view = 'text'
  #scheduled = false
  #restUntil = 0
  /** @type {(topic: string) => number | undefined} */
  #markOf

  /** @param {(topic: string) => number | undefined} markOf the colour of a topic's subscription */
  constructor(markOf) {
    this.#markOf = markOf
    const button = element('pause', HTMLButtonElement)
    button.addEventListener('click', () => this.#pause(button))
    element('clear', HTMLButtonElement).addEventListener('click', () => this.#clear())
    this.#list.addEventListener('click', unfold)
    for (const input of document.querySelectorAll('input[name=view]'))
      input.addEventListener('change', () => this.#change(/** @type {HTMLInputElement} */ (input).value))
  }

  /** @param {Message} message */
  add(message) {
    this.#chart.count()
    if (this.#waiting.length === mostShown) {
      this.#waiting.shift()
      this.#passedOver++
    }
    this.#waiting.push({ message, time: new Date(), mark: this.#markOf(message.topic) })
    this.#schedule()
  }

  #schedule() {
    if (this.#scheduled) return
    this.#scheduled = true
    const rest = this.#restUntil - performance.now()
    if (rest > 0) setTimeout(() => requestAnimationFrame(() => this.#render()), rest)
    else requestAnimationFrame(() => this.#render())
  }

  #render() {
    this.#scheduled = false
    this.#tellSkipped()
    if (this.#paused || this.#waiting.length === 0) return
    const arrivals = this.#waiting
    if (arrivals.length > manyAtOnce) this.#restUntil = performance.now() + pause
    this.#waiting = []
    this.#passedOver = 0
    const rows = arrivals.map((arrival) => this.#row(arrival)).reverse()
    this.#list.prepend(...rows)
    this.#shown.push(...arrivals)
    this.#shown.splice(0, this.#shown.length - mostShown)
    while (this.#list.children.length > mostShown) this.#list.lastElementChild?.remove()
    element('empty', HTMLElement).hidden = true
  }

  /** @param {Arrival} arrival */
  #row({ message, time, mark }) {
    const row = fromTemplate('message-template')
    if (mark !== undefined) row.dataset['mark'] = String(mark)
    const when = /** @type {HTMLTimeElement} */ (part(row, 'time'))
    when.textContent = clock.format(time)
    when.dateTime = time.toISOString()
    part(row, '.topic').textContent = message.topic
    part(row, '.badges').append(...badges(message))
    this.#fill(row, message)
    return row
  }

  /** @param {HTMLElement} row @param {Message} message */
  #fill(row, message) {
    const payload = part(row, '.payload')
    const { text, kind, isLong } = show(message, this.#view)
    payload.textContent = text
    payload.className = `payload ${kind}`
    part(row, '.more').hidden = !isLong
  }

  #tellSkipped() {
    const count = this.#waiting.length + this.#passedOver
    this.#skipped.hidden = !this.#paused || count === 0
    this.#skipped.textContent = `Paused. ${numbers.format(count)} new ${count === 1 ? 'message' : 'messages'}.`
  }

  /** @param {HTMLButtonElement} button */
  #pause(button) {
    this.#paused = !this.#paused
    button.setAttribute('aria-pressed', String(this.#paused))
    button.textContent = this.#paused ? 'Go on' : 'Pause'
    this.#schedule()
  }

  #clear() {
    this.#list.replaceChildren()
    this.#shown = []
    this.#waiting = []
    this.#passedOver = 0
    this.#chart.reset()
    element('empty', HTMLElement).hidden = false
    this.#schedule()
  }

  /** @param {string} view */
  #change(view) {
    this.#view = /** @type {View} */ (view)
    const newestFirst = [...this.#shown].reverse()
    for (const [index, row] of [...this.#list.children].entries()) {
      const arrival = newestFirst[index]
      if (arrival !== undefined) this.#fill(/** @type {HTMLElement} */ (row), arrival.message)
    }
  }
}

/** @param {Message} message */
function badges(message) {
  const found = [badge(size(message.bytes.length)), badge(`QoS ${message.qos}`, message.qos > 0 ? 'strong' : '')]
  if (message.retain) found.push(badge('retained', 'warm'))
  if (message.duplicate) found.push(badge('again', 'warm'))
  if (message.properties.contentType !== undefined) found.push(badge(message.properties.contentType))
  return found
}

/** @param {string} text @param {string} [kind] */
function badge(text, kind = '') {
  const span = document.createElement('span')
  span.className = `badge ${kind}`
  span.textContent = text
  return span
}

/** @param {Event} event */
function unfold({ target }) {
  if (!(target instanceof HTMLButtonElement)) return
  const isOpen = target.closest('.message')?.classList.toggle('open') ?? false
  target.textContent = isOpen ? 'Show less' : 'Show all'
}
