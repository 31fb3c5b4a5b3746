// The list of subscriptions, which outlives a connection: each new one is given the same.
import { topicMatches } from '/dist/webapp.js'
import { element, fromTemplate, part, sentence } from './elements.js'

/** @typedef {import('/dist/index.js').Connection} Connection */
/**
 * @typedef {object} Entry
 * @property {string} filter
 * @property {0 | 1 | 2} qos
 * @property {number} mark
 * @property {number} count
 * @property {HTMLElement} row
 * @property {import('/dist/index.js').Subscription<any> | undefined} subscription
 */

const marks = 6
const numbers = new Intl.NumberFormat()

export class Subscriptions {
  #list = element('subscriptions', HTMLUListElement)
  #outcome = element('subscribe-outcome', HTMLElement)
  #button = element('subscribe-button', HTMLButtonElement)
  /** @type {Entry[]} */
  #entries = []
  /** @type {Connection | undefined} */
  #mq
  #nextMark = 0
  #frame = 0
  /** @type {Map<string, number | undefined>} */
  #markOfTopic = new Map()

  constructor() {
    const filter = element('subscribe-filter', HTMLInputElement)
    const qos = element('subscribe-qos', HTMLSelectElement)
    element('subscribe-form', HTMLFormElement).addEventListener('submit', (event) => {
      event.preventDefault()
      if (this.add(filter.value, /** @type {0 | 1 | 2} */ (Number(qos.value)))) filter.value = ''
    })
  }

  /** The colour of the first subscription that a topic is for. @param {string} topic */
  markOf(topic) {
    if (this.#markOfTopic.has(topic)) return this.#markOfTopic.get(topic)
    if (this.#markOfTopic.size > 10_000) this.#markOfTopic.clear()
    const mark = this.#entries.find((entry) => topicMatches(entry.filter, topic))?.mark
    this.#markOfTopic.set(topic, mark)
    return mark
  }

  /** @param {Connection | undefined} mq */
  use(mq) {
    this.#mq = mq
    this.#button.disabled = mq === undefined
    for (const entry of [...this.#entries]) {
      entry.subscription = undefined
      if (mq !== undefined) this.#subscribe(entry)
      else part(entry.row, '.granted').textContent = 'not connected'
    }
  }

  /** @param {string} filter @param {0 | 1 | 2} qos */
  add(filter, qos) {
    this.#tell('')
    if (this.#entries.some((entry) => entry.filter === filter)) {
      this.#tell(`${filter} is subscribed already.`)
      return false
    }
    const row = fromTemplate('subscription-template')
    const mark = this.#nextMark++ % marks
    /** @type {Entry} */
    const entry = { filter, qos, mark, count: 0, row, subscription: undefined }
    row.dataset['mark'] = String(mark)
    part(row, '.filter').textContent = filter
    part(row, '.granted').textContent = 'not connected'
    const remove = part(row, '.remove')
    remove.setAttribute('aria-label', `Unsubscribe from ${filter}`)
    remove.addEventListener('click', () => this.#remove(entry))
    this.#entries.push(entry)
    this.#list.append(row)
    this.#markOfTopic.clear()
    this.#subscribe(entry)
    return this.#entries.includes(entry)
  }

  /** @param {Entry} entry */
  #subscribe(entry) {
    if (this.#mq === undefined) return
    const granted = part(entry.row, '.granted')
    granted.textContent = 'waiting …'
    try {
      const subscription = this.#mq.subscribe(entry.filter, { qos: entry.qos }, () => this.#count(entry))
      entry.subscription = subscription
      subscription.ready.then(
        ([first]) => {
          granted.textContent = `QoS ${first?.qos ?? 0}`
        },
        (error) => {
          if (entry.subscription === subscription && this.#mq?.state !== 'closed') this.#drop(entry, error)
        },
      )
    } catch (error) {
      this.#drop(entry, error)
    }
  }

  /** @param {Entry} entry */
  #count(entry) {
    entry.count++
    if (this.#frame !== 0) return
    this.#frame = requestAnimationFrame(() => {
      this.#frame = 0
      for (const { row, count } of this.#entries) if (count > 0) part(row, '.count').textContent = numbers.format(count)
    })
  }

  /** @param {Entry} entry */
  #remove(entry) {
    entry.subscription?.unsubscribe().catch((error) => this.#tell(sentence(error), true))
    this.#forget(entry)
    element('subscribe-filter', HTMLInputElement).focus()
  }

  /** @param {Entry} entry @param {unknown} error */
  #drop(entry, error) {
    this.#forget(entry)
    this.#tell(sentence(error), true)
  }

  /** @param {Entry} entry */
  #forget(entry) {
    this.#entries = this.#entries.filter((other) => other !== entry)
    entry.row.remove()
    this.#markOfTopic.clear()
  }

  /** @param {string} text @param {boolean} [failed] */
  #tell(text, failed = false) {
    this.#outcome.textContent = text
    this.#outcome.classList.toggle('failed', failed)
  }
}
