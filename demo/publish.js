import { element, sentence } from './elements.js'

/** @typedef {import('/dist/index.js').Connection} Connection */

/** So many messages are on their way at once. */
const windowSize = 1000
/** How often the page is given a turn while many are published. */
const turn = 250
const numbers = new Intl.NumberFormat()

export class PublishForm {
  #button = element('publish-button', HTMLButtonElement)
  #outcome = element('publish-outcome', HTMLElement)
  #payload = element('publish-payload', HTMLTextAreaElement)
  /** @type {Connection | undefined} */
  #mq
  #busy = false

  constructor() {
    const form = element('publish-form', HTMLFormElement)
    form.addEventListener('submit', (event) => {
      event.preventDefault()
      void this.#publish()
    })
    this.#payload.addEventListener('keydown', (event) => {
      if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) form.requestSubmit(this.#button)
    })
  }

  /** @param {Connection | undefined} mq */
  use(mq) {
    this.#mq = mq
    this.#enable()
  }

  async #publish() {
    const mq = this.#mq
    if (mq === undefined || this.#busy) return
    this.#busy = true
    this.#enable()
    const topic = element('publish-topic', HTMLInputElement).value
    const times = element('publish-times', HTMLInputElement).valueAsNumber
    const qos = /** @type {0 | 1 | 2} */ (Number(element('publish-qos', HTMLSelectElement).value))
    const retain = element('publish-retain', HTMLInputElement).checked
    const start = performance.now()
    this.#tell(mq.state === 'connected' ? 'Publishing …' : 'Waiting for the connection …')
    try {
      const result = await publishAll(mq, topic, this.#payload.value, times, { qos, retain })
      const nobody = result?.reasonCode === 0x10 ? ', to nobody who listens' : ''
      const time = numbers.format(Math.max(1, Math.round(performance.now() - start)))
      const what = times === 1 ? 'Published' : `Published ${numbers.format(times)} messages`
      this.#tell(`${what} in ${time} ms${qos > 0 ? ', acknowledged' : ''}${nobody}.`)
    } catch (error) {
      this.#tell(sentence(error), true)
    } finally {
      this.#busy = false
      this.#enable()
    }
  }

  #enable() {
    this.#button.disabled = this.#mq === undefined || this.#busy
  }

  /** @param {string} text @param {boolean} [failed] */
  #tell(text, failed = false) {
    this.#outcome.textContent = text
    this.#outcome.classList.toggle('failed', failed)
  }
}

/**
 * @param {Connection} mq
 * @param {string} topic
 * @param {string} payload
 * @param {number} times
 * @param {import('/dist/index.js').PublishOptions} options
 */
async function publishAll(mq, topic, payload, times, options) {
  let last
  for (let count = 1; count <= times; count++) {
    last = mq.publish(topic, payload, options)
    // The last one is awaited; what goes wrong with another goes wrong with it as well, or it was only dropped.
    if (count < times) last.catch(() => {})
    if (count % turn !== 0) continue
    await mq.drained(windowSize)
    await new Promise((resolve) => setTimeout(resolve))
  }
  const result = await last
  await mq.drained()
  return result
}
