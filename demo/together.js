// This page among others: a connection of its own, by the messaging of websocket-mq/webapp.
import { Webapp } from '/dist/webapp.js'
import { DevicesPanel } from './devices.js'
import { element, sentence } from './elements.js'
import { credentialsOf } from './issuer.js'
import { People } from './people.js'
import { ServicesPanel } from './services.js'

/** @typedef {import('/dist/webapp.js').Webapp<DemoSchema>} App */
/**
 * What is said here, and to whom.
 * @typedef {{ state: { since?: number }, message: { text: string }, rooms: { lobby: { text: string } }, device: { battery?: number } }} DemoSchema
 */

const userKey = 'demo-user'

export class Together {
  #own = element('own', HTMLElement)
  #user = element('user', HTMLSelectElement)
  #people = new People()
  #services = new ServicesPanel()
  #devices = new DevicesPanel()
  /** @type {App | undefined} */
  #app

  constructor() {
    // A second tab is automatically another user.
    this.#user.value = sessionStorage.getItem(userKey) ?? (Math.random() < 0.5 ? 'ann' : 'bob')
    this.#user.addEventListener('change', () => void this.#change())
  }

  async join() {
    sessionStorage.setItem(userKey, this.#user.value)
    try {
      const app = /** @type {App} */ (
        await Webapp.join('/ws_mqtt', {
          org: 'acme',
          user: this.#user.value,
          reconnect: { maxDelay: 8000, retryFirst: true },
          ...(await credentialsOf(this.#user.value)),
        })
      )
      this.#app = app
      app.on('identity', ({ uid }) => this.#tell(uid))
      app.on('state', ({ state }) => this.#tell(state === 'connected' ? app.uid : `${app.uid} · ${state}`))
      this.#tell(app.uid)
      this.#people.use(app)
      this.#services.use(app)
      this.#devices.use(app)
    } catch (error) {
      this.#tell(sentence(error))
    }
  }

  async #change() {
    await this.#app?.leave()
    await this.join()
  }

  /** @param {string} text */
  #tell(text) {
    this.#own.textContent = text
  }
}
