// The connection: its form, its state with a countdown, and what was negotiated.
import { connect } from '/dist/webapp.js'
import { element, sentence } from './elements.js'
import { credentialsOf } from './issuer.js'

/** @typedef {import('/dist/index.js').Connection} Connection */
/** @typedef {import('/dist/index.js').StateChange} StateChange */

const versions = { 3: 'MQTT 3.1', 4: 'MQTT 3.1.1', 5: 'MQTT 5.0' }
const numbers = new Intl.NumberFormat()

export class ConnectionPanel {
  #status = element('status', HTMLElement)
  #statusText = element('status-text', HTMLElement)
  #button = element('connect-button', HTMLButtonElement)
  #notice = element('notice', HTMLElement)
  #facts = element('facts', HTMLElement)
  /** @type {AbortController | undefined} */
  #attempt
  /** @type {Connection | undefined} */
  #mq
  /** @type {ReturnType<typeof setInterval> | undefined} */
  #countdown
  /** @type {(mq: Connection | undefined) => void} */
  #onConnection

  /** @param {(mq: Connection | undefined) => void} onConnection called with each connection, before it stands, and when it is gone */
  constructor(onConnection) {
    this.#onConnection = onConnection
    element('connect-form', HTMLFormElement).addEventListener('submit', (event) => {
      event.preventDefault()
      if (this.#attempt === undefined) void this.connect()
      else void this.#disconnect()
    })
  }

  async connect() {
    const attempt = new AbortController()
    this.#attempt = attempt
    this.#tell('')
    this.#show('connecting', 'Connecting …')
    try {
      const mq = await connect(element('address', HTMLInputElement).value, {
        ...this.#options(),
        ...(await this.#issued()),
        signal: attempt.signal,
        prepare: (connection) => this.#prepare(connection),
      })
      const { error } = await mq.closed
      this.#end(error)
    } catch (error) {
      this.#end(attempt.signal.aborted ? undefined : error)
    }
  }

  /** @returns {import('/dist/index.js').ConnectOptions} */
  #options() {
    const text = (/** @type {string} */ id) => element(id, HTMLInputElement).value
    const [clientId, username, password] = [text('client-id'), text('username'), text('password')]
    return {
      protocolVersion: /** @type {3 | 4 | 5} */ (Number(element('version', HTMLSelectElement).value)),
      cleanStart: element('clean-start', HTMLInputElement).checked,
      keepAlive: element('keep-alive', HTMLInputElement).valueAsNumber,
      sessionExpiryInterval: element('session-expiry', HTMLInputElement).valueAsNumber,
      // A broker that is not up yet, or is being started again, is waited for.
      reconnect: { maxDelay: 8000, retryFirst: true },
      ...(clientId === '' ? {} : { clientId }),
      ...(username === '' ? {} : { credentials: { username, ...(password === '' ? {} : { password }) } }),
    }
  }

  /** Where there is an issuer: as the user, beside what the same user does in `Together`. */
  async #issued() {
    const text = (/** @type {string} */ id) => element(id, HTMLInputElement).value
    if (text('username') !== '' || text('client-id') !== '' || text('address') !== '/ws_mqtt') return {}
    const user = element('user', HTMLSelectElement).value
    const issued = await credentialsOf(user)
    const rand = crypto.getRandomValues(new Uint32Array(1))[0]?.toString(36).padStart(4, '0')
    return 'credentials' in issued ? { clientId: `acme:${user}:${rand}`, ...issued } : {}
  }

  /** @param {Connection} mq */
  #prepare(mq) {
    this.#mq = mq
    mq.on('state', (change) => this.#change(change))
    mq.on('error', (error) => this.#tell(sentence(error)))
    this.#onConnection(mq)
  }

  async #disconnect() {
    const { state } = this.#mq ?? {}
    if (this.#mq === undefined || state === 'connecting') this.#attempt?.abort()
    else await this.#mq.disconnect({ timeout: state === 'connected' ? 2000 : 0 })
  }

  /** @param {unknown} error */
  #end(error) {
    this.#attempt = undefined
    this.#mq = undefined
    this.#stopCountdown()
    this.#onConnection(undefined)
    this.#show(error === undefined ? 'closed' : 'failed', error === undefined ? 'Not connected' : 'Connection failed')
    if (error !== undefined) {
      this.#tell(sentence(error))
      element('settings', HTMLDetailsElement).open = true
    }
    this.#facts.hidden = true
  }

  /** @param {StateChange} change */
  #change({ state, retryIn, attempt, error }) {
    this.#stopCountdown()
    if (state === 'connected') {
      this.#show('connected', 'Connected')
      this.#tell('')
      this.#showFacts()
    } else if (state !== 'closed') {
      const doing = state === 'connecting' ? 'Connecting' : 'Reconnecting'
      if (retryIn !== undefined) this.#countDown(state, doing, retryIn)
      else this.#show(state, `${doing} …${attempt ? ` (attempt ${attempt + 1})` : ''}`)
      if (error !== undefined) this.#tell(sentence(error))
    }
  }

  /** @param {string} state @param {string} doing @param {number} retryIn */
  #countDown(state, doing, retryIn) {
    const end = performance.now() + retryIn
    const show = () => {
      const seconds = Math.ceil((end - performance.now()) / 1000)
      this.#show(state, seconds > 0 ? `${doing} in ${seconds} s` : `${doing} …`)
    }
    show()
    this.#countdown = setInterval(show, 250)
  }

  #stopCountdown() {
    clearInterval(this.#countdown)
    this.#countdown = undefined
  }

  #showFacts() {
    const mq = this.#mq
    if (mq === undefined) return
    const { negotiated } = mq
    const missing = [
      negotiated.retainAvailable ? '' : 'retained messages',
      negotiated.wildcardSubscriptionAvailable ? '' : 'wildcards',
      negotiated.sharedSubscriptionAvailable ? '' : 'shared subscriptions',
      negotiated.subscriptionIdentifierAvailable ? '' : 'subscription identifiers',
    ].filter(Boolean)
    /** @type {[string, string][]} */
    const facts = [
      ['Broker', mq.uri],
      ['Version', versions[mq.protocolVersion]],
      ['Client identifier', mq.clientId],
      ['Session', mq.sessionPresent ? 'taken up again' : 'new'],
      ['Keep alive', negotiated.keepAlive === 0 ? 'off' : `${negotiated.keepAlive} s`],
    ]
    if (mq.protocolVersion === 5)
      facts.push(
        ['Session expiry', `${numbers.format(negotiated.sessionExpiryInterval)} s`],
        ['Receive maximum', numbers.format(negotiated.receiveMaximum)],
        ['Largest packet', `${numbers.format(negotiated.maximumPacketSize)} B`],
        ['Topic aliases', numbers.format(negotiated.topicAliasMaximum)],
        ['Highest QoS', String(negotiated.maximumQos)],
        ['Not offered', missing.length === 0 ? 'nothing' : missing.join(', ')],
      )
    this.#facts.replaceChildren(...facts.flatMap(([name, value]) => [textElement('dt', name), textElement('dd', value)]))
    this.#facts.hidden = false
  }

  /** @param {string} state @param {string} text */
  #show(state, text) {
    this.#status.dataset['state'] = state
    if (this.#statusText.textContent !== text) this.#statusText.textContent = text
    const isOff = this.#attempt === undefined
    this.#button.textContent = isOff ? 'Connect' : 'Disconnect'
    this.#button.classList.toggle('primary', isOff)
  }

  /** @param {string} text */
  #tell(text) {
    this.#notice.hidden = text === ''
    this.#notice.dataset['state'] = this.#mq === undefined ? 'failed' : this.#mq.state
    if (this.#notice.textContent !== text) this.#notice.textContent = text
  }
}

/** @param {string} name @param {string} text */
function textElement(name, text) {
  const made = document.createElement(name)
  made.textContent = text
  return made
}
