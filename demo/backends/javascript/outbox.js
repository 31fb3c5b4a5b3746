/** Publishes at QoS 1, and no more at a time than the broker takes, which MQTT.js does not heed. */
export class Outbox {
  /** The broker's Receive Maximum. */
  most = 65_535
  #waiting = []
  #unacknowledged = 0
  #onEmpty = () => {}

  constructor(client) {
    this.client = client
  }

  /** Resolves when the broker has it; they go out in the order of these calls. */
  publish(topic, payload, options) {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ topic, payload, options, resolve, reject })
      this.#send()
    })
  }

  #send() {
    while (this.#waiting.length > 0 && this.#unacknowledged < this.most) {
      const { topic, payload, options, resolve, reject } = this.#waiting.shift()
      this.#unacknowledged += 1
      this.client.publish(topic, payload, { qos: 1, ...options }, (error) => {
        this.#unacknowledged -= 1
        if (error) reject(error)
        else resolve()
        this.#send()
        if (this.isEmpty) this.#onEmpty()
      })
    }
  }

  get isEmpty() {
    return this.#unacknowledged === 0
  }

  /** Resolves when everything is acknowledged. */
  async drained() {
    if (!this.isEmpty) await new Promise((resolve) => (this.#onEmpty = resolve))
  }
}
