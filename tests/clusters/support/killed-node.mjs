// A node of a cluster is killed under traffic: what becomes of messages, requests, presence and connections.
import { setTimeout as sleep } from 'node:timers/promises'
import { startClusterSite } from '../../support/clusters/site.mjs'
import { eventually, within } from '../../support/eventually.mjs'
import { allSeeAll, joinPeople, presenceSettles, watchFlicker } from './people.mjs'
import { startServices } from './services.mjs'
import { Publishers, Requests, Subscriber } from './traffic.mjs'

export const { RequestTimeoutError } = await import(new URL('../../../dist/webapp.js', import.meta.url).href)

const peopleCount = 50
const publisherCount = 10
const service = 'demo'
/** Milliseconds, of one request. */
const requestTimeout = 10_000

/** Milliseconds, generous: for a machine that does other things as well. */
const patience = 90_000
/** Those who are asked again and again answer a roll call after 64 s. */
const presencePatience = 180_000

/**
 * @typedef {object} Cluster
 * @property {import('../../support/clusters/cluster.mjs').Node[]} nodes
 * @property {3 | 4 | 5} protocolVersion
 * @property {{ username: string, password: string }} credentials
 */

export class Scene {
  /** @type {(() => Promise<unknown>)[]} */
  #ends = []
  /** Ends the attempts to connect of whoever is not connected yet. */
  #over = new AbortController()
  /** @type {import('./people.mjs').Person[]} */
  people = []
  /** Milliseconds, and numbers. @type {Record<string, unknown>} */
  figures = {}

  /** @param {Cluster} cluster @param {object} [joinOptions] */
  constructor(cluster, joinOptions = {}) {
    this.cluster = cluster
    this.joinOptions = joinOptions
  }

  get #options() {
    const { protocolVersion, credentials } = this.cluster
    return { protocolVersion, credentials, signal: this.#over.signal }
  }

  /** Everybody is there and sees everybody, and the service answers. */
  async prepare() {
    const { nodes } = this.cluster
    const [victim, ...living] = nodes
    if (!victim) throw new Error('A cluster has nodes.')
    const site = await startClusterSite(nodes.map(({ webSocketPort }) => webSocketPort))
    this.#ends.push(() => site.close())
    this.url = site.url
    // nginx gives the first connection to the first node.
    this.services = await startServices(['one', 'two'], { url: site.url, ...this.#options })
    this.#ends.push(() => this.services?.close() ?? Promise.resolve())
    this.#ends.push(() => Promise.all(this.people.map(({ app }) => app.leave({ signal: AbortSignal.abort() }))))
    const joining = joinPeople(this.people, peopleCount, site.url, { ...this.#options, ...this.joinOptions })
    await within('everybody joins', joining, patience)
    await allSeeAll(this.people, patience)
    this.living = await Promise.all(living.map(({ url }) => this.#subscribe(url)))
    this.moving = await this.#subscribe([victim.url, ...living.map(({ url }) => url)])
    await eventually('the service answers', () => this.people[0]?.app.request(service, 'echo', [1]).then(() => true), patience)
  }

  /** @param {string | string[]} urls */
  async #subscribe(urls) {
    const clientId = `subscriber-${this.#ends.length}-${Math.random().toString(36).slice(2)}`
    const subscriber = new Subscriber()
    this.#ends.push(() => subscriber.stop())
    await within(`a subscriber at ${urls}`, subscriber.start(urls, { clientId, ...this.#options }), patience)
    return subscriber
  }

  /** Kills the first node under traffic, and returns when all that was going on has come to an end. */
  async kill() {
    const [victim] = this.cluster.nodes
    const apps = this.people.map(({ app }) => app)
    watchFlicker(this.people)
    this.publishers = new Publishers(
      apps.slice(0, publisherCount).map(({ mq }) => mq),
      100,
    )
    this.requests = new Requests(apps, { service, timeout: requestTimeout, pause: 1000 })
    await eventually('traffic', () => this.publishers?.accepted.length > 200 && this.requests?.answered > peopleCount, patience)
    const killed = performance.now()
    await victim?.stop('SIGKILL')
    await eventually('connections are lost', () => this.movers.length > 0, patience)
    await eventually('all are connected again', () => this.people.every(({ app }) => app.state === 'connected'), patience)
    const presence = presenceSettles(this.people, presencePatience).catch(() => Infinity)
    await sleep(3000) // traffic of the cluster that has one node less
    this.publishers.stop()
    await within('every request ends', this.requests.stop(), patience)
    await eventually('every message is accepted or refused', () => this.publishers?.open.length === 0, patience)
    // A broker may wait for an acknowledgement that was lost before it delivers again: NATS for 30 s.
    const kept = [...(this.living ?? []), ...(this.moving?.sessionPresent.includes(false) ? [] : [this.moving])]
    const complete = () => kept.every((subscriber) => subscriber && this.lostAt(subscriber).length === 0)
    await eventually('what was accepted has arrived', complete, 60_000).catch(() => {}) // the tests say what has not
    this.#measure(killed, await presence)
  }

  /** Those who lost their connection. */
  get movers() {
    return this.people.filter(({ gaps }) => gaps.length > 0)
  }

  /**
   * What was accepted and has not arrived, but for messages of QoS 2 whose publisher lost its session behind their PUBREC:
   * the broker had them, and may have lost them with the session, which the publisher was told.
   * @param {Subscriber} subscriber
   */
  lostAt(subscriber) {
    const { publishers } = this
    const lostItsSession = (/** @type {string} */ name) =>
      this.people[Number(name.split('-')[0])]?.gaps.some(({ sessionPresent }) => sessionPresent === false)
    const isExcused = (/** @type {string} */ name) => publishers?.messages.get(name)?.qos === 2 && lostItsSession(name)
    return subscriber.missing(publishers?.accepted ?? []).filter((name) => !isExcused(name))
  }

  /** @param {Subscriber} subscriber */
  #missingByQos(subscriber) {
    const missing = subscriber.missing(this.publishers?.accepted ?? [])
    const of = (/** @type {number} */ qos) => missing.filter((name) => this.publishers?.messages.get(name)?.qos === qos).length
    return { qos1: of(1), qos2: of(2) }
  }

  /** Every webapp asks until it is answered. Returns those who were not. */
  async unanswered() {
    const asked = this.people.map(async ({ app }, index) => {
      const ask = () => app.request(service, 'echo', [index], { timeout: requestTimeout }).then(() => true)
      return (await eventually('an answer', ask, patience).catch(() => true)) === true ? [app.uid] : []
    })
    return (await Promise.all(asked)).flat()
  }

  /** @param {number} killed @param {number} presenceRight when; never, where it was not */
  #measure(killed, presenceRight) {
    const gaps = (/** @type {string} */ kind) =>
      this.people.filter(({ reconnect }) => reconnect === kind).flatMap(({ gaps }) => gaps.map(({ lost, back = Infinity }) => back - lost))
    const all = this.people.flatMap(({ gaps }) => gaps)
    const { accepted = [], rejected = [] } = this.publishers ?? {}
    const back = Math.max(...all.map(({ back = Infinity }) => back))
    this.figures = {
      'connections lost': all.length,
      'with the session': all.filter(({ sessionPresent }) => sessionPresent).length,
      'connected again, default': summary(gaps('default')),
      'connected again, minDelay 200': summary(gaps('quick')),
      'all connected again, after the kill': Math.round(back - killed),
      'presence right, after that': Number.isFinite(presenceRight) ? Math.round(Math.max(0, presenceRight - back)) : 'never',
      'seen to go': this.people.reduce((sum, { flickered }) => sum + flickered.size, 0),
      'messages accepted': accepted.length,
      'messages refused': rejected.length,
      'missing at a subscriber of a living node': this.living?.map((subscriber) => this.#missingByQos(subscriber)),
      'repeated there': this.living?.map((subscriber) => subscriber.repeated),
      'missing at one of the killed node': this.moving && this.#missingByQos(this.moving),
      'which kept its session': this.moving?.sessionPresent,
      'requests answered': this.requests?.answered,
      'requests failed': this.requests?.failed.length,
      'slowest answer': Math.round(this.requests?.slowest ?? 0),
    }
  }

  async close() {
    this.#over.abort()
    for (const end of this.#ends.reverse()) await end()
    this.#ends = []
  }
}

/** @param {number[]} times */
function summary(times) {
  const sorted = times.map(Math.round).sort((a, b) => a - b)
  return { count: sorted.length, median: sorted[sorted.length >> 1], most: sorted.at(-1) }
}
