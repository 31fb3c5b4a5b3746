// The other side of the messaging commands: a broker, running `wsmq serve`s, and parties that are MQTT.js alone.
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, afterEach, before } from 'node:test'
import { startBroker } from '../support/broker.mjs'
import { connectOnce } from '../support/connect-once.mjs'
import { eventually as becomes } from '../support/eventually.mjs'
import { buildCommand, endAll, start, wsmq } from './support.mjs'

/** A broker with whoever is connected to it. */
export class World {
  /** @param {import('../support/broker.mjs').Broker} broker @param {string} directory for files; it goes with the world */
  constructor(broker, directory) {
    this.broker = broker
    this.directory = directory
    this.files = 0
    this.address = ['-L', `mqtt://127.0.0.1:${broker.tcpPort}`]
    /** @type {Set<import('mqtt').MqttClient>} */
    this.clients = new Set()
  }

  /** The path of a file of its own, in which a program leaves what it has to say. */
  freshFile() {
    return join(this.directory, `file-${++this.files}`)
  }

  static async open() {
    return new World(await startBroker(), await mkdtemp(join(tmpdir(), 'wsmq-command-')))
  }

  /** @param {string} command @param {...string} args */
  start(command, ...args) {
    return start([command, ...this.address, ...args])
  }

  /** Runs a command to its end. @param {string} command @param {...string} args */
  run(command, ...args) {
    return wsmq([command, ...this.address, ...args])
  }

  /** `wsmq request`. @param {...string} args */
  request(...args) {
    return this.run('request', ...args)
  }

  /** A `wsmq serve` that has joined. @param {...string} args */
  async serve(...args) {
    const one = this.start('serve', '-d', ...args)
    await one.until(() => one.err.includes('Joined as'))
    return one
  }

  /**
   * A plain MQTT client, with what it receives.
   * @param {import('mqtt').IClientOptions} [options]
   */
  async client(options = {}) {
    const client = await connectOnce(`mqtt://127.0.0.1:${this.broker.tcpPort}`, { protocolVersion: 5, ...options })
    client.on('error', () => {})
    this.clients.add(client)
    return client
  }

  /** What arrives below a filter, as it comes. @param {string} filter @param {import('mqtt').IClientOptions} [options] */
  async listen(filter, options) {
    const client = await this.client(options)
    const heard = new Heard()
    client.on('message', (topic, payload, packet) => heard.add({ topic, text: payload.toString(), packet }))
    await client.subscribeAsync(filter, { qos: 1 })
    return Object.assign(heard, { client })
  }

  /**
   * A responder that answers what it is asked with what `answer` gives: members of the response, or nothing at all.
   * @param {string} filter
   * @param {(request: any, topic: string) => object | undefined} answer
   * @param {(topic: string) => string} replyTopic
   */
  async responder(filter, answer, replyTopic = (topic) => `app/webapp/res/${topic.split('/').at(-1)}`) {
    const client = await this.client()
    client.on('message', (topic, payload) => {
      const request = JSON.parse(payload.toString())
      const response = answer(request, topic)
      if (response) client.publish(replyTopic(topic), JSON.stringify({ jsonrpc: '2.0', id: request.id, ...response }), { qos: 1 })
    })
    await client.subscribeAsync(filter, { qos: 1 })
    return client
  }

  /**
   * Asks as a webapp does, with MQTT.js alone. Gives the responses by id once there are as many.
   * @param {readonly object[]} requests
   * @param {{ service?: string, uid?: string, count?: number }} [options]
   */
  async ask(requests, { service = 'svc', uid = 'acme:ann:aaaa', count = requests.length } = {}) {
    const heard = await this.listen(`app/webapp/res/${uid}`, { clientId: uid })
    for (const request of requests) {
      heard.client.publish(`app/webapp/req/${service}/${uid}`, JSON.stringify({ jsonrpc: '2.0', ...request }), { qos: 1 })
    }
    await heard.until(({ length }) => length >= count)
    await heard.client.endAsync()
    return new Map(heard.all.map(({ text }) => JSON.parse(text)).map((response) => [response.id, response]))
  }

  /** Ends the clients, and leaves no record behind. */
  async tidy() {
    const clients = [...this.clients]
    this.clients.clear()
    await Promise.all(clients.map((client) => client.endAsync(true)))
    const broom = await this.client()
    /** @type {string[]} */
    const topics = []
    broom.on('message', (topic, payload, { retain }) => (retain && payload.length > 0 ? topics.push(topic) : undefined))
    await broom.subscribeAsync('app/#', { qos: 1 })
    // Behind the retained ones.
    await new Promise((resolve) => {
      broom.on('message', (topic) => (topic === 'app/mark' ? resolve(undefined) : undefined))
      broom.publish('app/mark', '', { qos: 1 })
    })
    await Promise.all(topics.map((topic) => broom.publishAsync(topic, '', { qos: 1, retain: true })))
    await broom.endAsync()
    this.clients.clear()
  }

  async close() {
    for (const client of this.clients) client.end(true)
    await this.broker.close()
    await rm(this.directory, { recursive: true })
  }
}

/** The world of a file's tests: open before the first of them, tidy after each. @param {(world: World) => void} take */
export function useWorld(take) {
  /** @type {World | undefined} */
  let world
  before(async () => {
    await buildCommand()
    world = await World.open()
    take(world)
  })
  afterEach(async () => {
    await endAll()
    await world?.tidy()
  })
  after(() => world?.close())
}

/** @typedef {{ topic: string, text: string, packet: import('mqtt').IPublishPacket }} Message */

class Heard {
  /** @type {Message[]} */
  all = []
  /** @type {Set<() => void>} */
  #waiting = new Set()

  /** @param {Message} message */
  add(message) {
    this.all.push(message)
    this.#waiting.forEach((each) => each())
  }

  /** @param {(all: Message[]) => boolean} condition */
  async until(condition) {
    while (!condition(this.all)) {
      await new Promise((resolve) => {
        const done = () => (this.#waiting.delete(done), resolve(undefined))
        this.#waiting.add(done)
      })
    }
  }
}

/** The lines of an output. @param {string} text */
export const linesOf = (text) => text.split('\n').filter(Boolean)

/** Objects, one a line. @param {string} text @returns {any[]} */
export const objectsOf = (text) => linesOf(text).map((line) => JSON.parse(line))

/**
 * Until what it gives is what is wanted: for the state of the system, which tells nobody.
 * @param {() => boolean | Promise<boolean>} condition
 */
export const eventually = (condition) => becomes(`it came about: ${condition}`, condition)
