// Devices, and how they are.
import { element } from './elements.js'
import { liveList, row } from './rows.js'

/** @typedef {import('./together.js').App} App */

export class DevicesPanel {
  /** @type {ReturnType<App['devices']> | undefined} */
  #devices
  #draw = liveList(element('devices', HTMLElement), element('no-devices', HTMLElement), () => this.#rows())

  /** @param {App} app */
  use(app) {
    this.#devices = app.devices()
    this.#devices.on(() => this.#draw())
    this.#draw()
  }

  #rows() {
    const all = [...(this.#devices ?? [])].sort(([one], [other]) => one.localeCompare(other))
    return all.map(([serialNumber, { online, recording, broadcasting, battery }]) => {
      const badges = [recording === true ? 'recording' : '', broadcasting === true ? 'broadcasting' : ''].filter(Boolean)
      // Anything may stand there: nobody checks what is the application's own.
      const charge = typeof battery === 'number' ? `${battery} %` : 'online'
      return row(online, serialNumber, online ? charge : 'offline', online ? badges : [])
    })
  }
}
