// The host of a connection and its pages, without a browser.
import { settled, until } from './connected.mjs'
import { fakeModule } from './fake-module.mjs'
import { pageLink } from './page-link.mjs'
import { importSource } from './sources.mjs'

const { Host } = await importSource('remote/host')
const { moduleOf } = await importSource('remote/open-remote')
const { commonOptions } = await importSource('remote/common')
const { open } = await importSource('connect')

/** A host with a fake module, and pages that come and go. */
export class Scene {
  module = fakeModule()
  /** By the name of the lock: what is called once it is free. @type {Map<string, () => void>} */
  locks = new Map()
  /** @type {Error[]} */
  lost = []
  #pages = 0

  /** @param {object} [options] of the host */
  constructor(options = {}) {
    this.host = this.newHost(options)
  }

  newHost(options = {}) {
    return new Host(this.module, {
      isShared: true,
      whenReleased: (/** @type {string} */ lock, /** @type {() => void} */ call) => this.locks.set(lock, call),
      ...options,
    })
  }

  get client() {
    return /** @type {import('./fake-module.mjs').FakeClient} */ (this.module.clients.at(-1))
  }

  /** @param {any} [options] of connect() */
  page(options = {}) {
    const name = `page ${++this.#pages}`
    const page = pageLink(this, name, commonOptions(['ws://broker.test/'], options))
    const connecting = open(() => moduleOf(page.link, undefined), 'ws://broker.test/', options)
    connecting.catch(() => {})
    return { name, ...page, connecting, vanish: () => this.locks.get(name)?.() }
  }

  /** @param {any} [options] */
  async connected(options) {
    const page = this.page(options)
    await until(() => this.module.clients.length > 0)
    await settled()
    this.client.negotiated = { ...this.client.negotiated, ...{ subscriptionIdentifierAvailable: true } }
    if (!this.client.connected) this.client.accept()
    return { ...page, mq: await page.connecting }
  }
}
