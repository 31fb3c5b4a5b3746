// The services that run, and a form that calls them.
import { element, sentence } from './elements.js'
import { liveList, row } from './rows.js'

/** @typedef {import('./together.js').App} App */

/** What the demo service's methods take. */
const examples = new Map([
  ['echo', '{"hello":"world"}'],
  ['sum', '[1, 2, 39]'],
  ['slow', '{"steps": 20, "delay": 100}'],
  ['fail', '{"code": 17, "message": "Sold out", "data": {"left": 0}}'],
])

export class ServicesPanel {
  #service = element('call-service', HTMLSelectElement)
  #method = element('call-method', HTMLSelectElement)
  #params = element('call-params', HTMLInputElement)
  #button = element('call-button', HTMLButtonElement)
  #cancel = element('call-cancel', HTMLButtonElement)
  #progress = element('call-progress', HTMLProgressElement)
  #result = element('call-result', HTMLOutputElement)
  /** @type {App | undefined} */
  #app
  #abort = new AbortController()
  #draw = liveList(element('services', HTMLElement), element('no-services', HTMLElement), () => this.#rows())

  constructor() {
    element('call-form', HTMLFormElement).addEventListener('submit', (event) => {
      event.preventDefault()
      void this.#call()
    })
    this.#cancel.addEventListener('click', () => this.#abort.abort(new Error('Cancelled.')))
    this.#service.addEventListener('change', () => this.#listMethods())
    this.#method.addEventListener('change', () => this.#suggest())
  }

  /** @param {App} app */
  use(app) {
    this.#app = app
    app.services.on(() => this.#draw())
    this.#draw()
  }

  #rows() {
    const instances = [...(this.#app?.services.values() ?? [])].sort((one, other) =>
      `${one.service}/${one.instance}`.localeCompare(`${other.service}/${other.instance}`),
    )
    const names = this.#app?.services.names ?? []
    fill(this.#service, names)
    this.#listMethods()
    this.#button.disabled = names.length === 0
    return instances.map(({ service, instance, methods }) => row(true, service, instance, [`${methods.length} methods`]))
  }

  #listMethods() {
    const instances = this.#app?.services.of(this.#service.value) ?? []
    const before = this.#method.value
    fill(this.#method, [...new Set(instances.flatMap(({ methods }) => methods))])
    if (this.#method.value !== before) this.#suggest()
  }

  #suggest() {
    this.#params.value = examples.get(this.#method.value) ?? ''
  }

  async #call() {
    const service = this.#service.value
    const start = performance.now()
    this.#abort = new AbortController()
    this.#begin()
    try {
      const text = this.#params.value.trim()
      const params = text === '' ? undefined : JSON.parse(text)
      const steps = Number(params?.steps ?? 1)
      const onProgress = (/** @type {unknown} */ step) => this.#step(typeof step === 'number' ? step / steps : 0)
      const result = await this.#app?.request(service, this.#method.value, params, {
        signal: this.#abort.signal,
        onProgress,
        timeout: 60_000,
      })
      this.#tell(`${JSON.stringify(result, undefined, 2)}\nin ${(performance.now() - start).toFixed(1)} ms`)
    } catch (error) {
      const code = /** @type {{ remoteCode?: number }} */ (error).remoteCode
      this.#tell(`${code === undefined ? '' : `${code}: `}${sentence(error)}`, true)
    } finally {
      this.#cancel.hidden = this.#progress.hidden = true
      this.#button.disabled = false
    }
  }

  #begin() {
    this.#tell('…')
    this.#progress.value = 0
    this.#cancel.hidden = false
    this.#button.disabled = true
  }

  /** @param {number} part */
  #step(part) {
    this.#progress.hidden = false
    this.#progress.value = Number.isFinite(part) ? part : 0
  }

  /** @param {string} text @param {boolean} [failed] */
  #tell(text, failed = false) {
    this.#result.textContent = text
    this.#result.classList.toggle('failed', failed)
  }
}

/** Keeps what was chosen. @param {HTMLSelectElement} select @param {string[]} values */
function fill(select, values) {
  const chosen = select.value
  select.replaceChildren(...values.map((value) => new Option(value, value, false, value === chosen)))
}
