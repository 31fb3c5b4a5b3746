// A webapp whose connection is elsewhere, without a browser.
import { settled, until } from './connected.mjs'
import { FakeWebappClient } from './fake-layer.mjs'
import { fakeModule } from './fake-module.mjs'
import { pageLink } from './page-link.mjs'
import { importSource } from './sources.mjs'

const { Host } = await importSource('remote/host')
const { moduleOf } = await importSource('remote/open-remote')
const { createLayer } = await importSource('remote/webapp/layer-host')
const { PortWebappClient } = await importSource('remote/webapp/port-webapp-client')
const { joinWith } = await importSource('webapp/join')

/** A peer. */
export const bob = 'acme:bob:cd34'

/** As open-webapp.ts names it. @param {string} tab */
function named(tab) {
  return class extends PortWebappClient {
    /** @param {any} options @param {any} handlers */
    join(options, handlers) {
      super.join({ ...options, tab }, handlers)
    }
  }
}

/** A host with a stand-in for the module with messaging, and pages that come and go. */
export class Scene {
  /** @type {FakeWebappClient[]} */
  clients = []
  /** By the name of the lock: what is called once it is free. @type {Map<string, () => void>} */
  locks = new Map()
  #pages = 0

  constructor() {
    const { clients } = this
    this.module = {
      ...fakeModule(),
      Client: class extends FakeWebappClient {
        /** @param {string} uri @param {string} clientId */
        constructor(uri, clientId) {
          super(uri, clientId)
          clients.push(this)
        }
      },
    }
    this.host = this.newHost()
  }

  newHost() {
    const whenReleased = (/** @type {string} */ lock, /** @type {() => void} */ call) => this.locks.set(lock, call)
    return new Host(this.module, { isShared: true, createLayer, whenReleased })
  }

  get client() {
    return /** @type {FakeWebappClient} */ (this.clients.at(-1))
  }

  /** @param {any} [options] of join() @param {string} [tab] its name, where each page has a state */
  page(options = {}, tab) {
    const name = `page ${++this.#pages}`
    const page = pageLink(this, name, tab === undefined ? {} : { presence: 'each' })
    const given = { org: 'acme', user: 'ann', rand: `ab0${this.#pages}`, ...options }
    const Page = tab === undefined ? PortWebappClient : named(tab)
    const joining = joinWith(() => moduleOf(page.link, undefined, Page), 'ws://broker.test/', given)
    joining.catch(() => {})
    return { ...page, joining, vanish: () => this.locks.get(name)?.() }
  }

  /** @param {any} [options] of join() @param {string} [tab] */
  async joined(options, tab) {
    const page = this.page(options, tab)
    await until(() => this.clients.length > 0)
    await settled()
    if (!this.client.connected) this.accept()
    return { ...page, app: await page.joining }
  }

  accept() {
    this.client.accept()
    this.client.layer.onJoined()
  }

  /** Another host follows, to which these pages attach. @param {{ link: any, attach: (host: any) => unknown }[]} pages */
  async follow(...pages) {
    const hosts = this.clients.length
    this.host.abandon()
    for (const { link } of pages) link.lost(new Error('The tab is gone.'), false)
    return async () => {
      this.host = this.newHost()
      for (const { attach } of pages) attach(this.host)
      await until(() => this.clients.length > hosts)
      await settled()
    }
  }

  /** Of a peer. @param {number} call @param {string} method @param {object} [more] */
  ask(call, method, more = {}) {
    this.client.layer.onRequest({ call, from: bob, method, params: undefined, isNotification: false, ...more })
  }
}
