import { seeThroughProxies } from '../proxies.js'
import { layerError } from './calls.js'
import type { WebappClient } from './layer.js'
import { LiveMap } from './live-map.js'

/** Of all sets together, and of each; further ones are ignored. */
const MOST = 10_000

/** The status that a device publishes. A flag that is not a boolean counts as absent. */
export interface DeviceStatus {
  readonly online: boolean
  readonly recording?: boolean
  readonly broadcasting?: boolean
  readonly motionEnabled?: boolean
}

/** Devices by serial number, at most 10,000, as {@link Webapp.devices} gives them. */
export class Devices<Data> extends LiveMap<string, DeviceStatus & Data> {
  readonly #filter: ReadonlySet<string> | undefined
  readonly #leave: (devices: Devices<Data>) => void

  /** @internal */
  constructor(serialNumbers: readonly string[] | undefined, leave: (devices: Devices<Data>) => void, onThrown: (thrown: unknown) => void) {
    super(onThrown, MOST)
    seeThroughProxies(this, Devices)
    this.#filter = serialNumbers === undefined ? undefined : new Set(serialNumbers)
    this.#leave = leave
  }

  /** Those that are watched; undefined: all. */
  get serialNumbers(): readonly string[] | undefined {
    return this.#filter === undefined ? undefined : [...this.#filter]
  }

  /** Stops watching; loops over it end. Throws {@link MqttError} (`queue_full`), and goes on, while 65,535 subscriptions are unanswered. */
  close(): void {
    this.#leave(this)
    this.end()
  }

  /** @internal */
  received(serialNumber: string, status: (DeviceStatus & Data) | undefined): void {
    if (this.#filter !== undefined && !this.#filter.has(serialNumber)) return
    if (status === undefined) this.remove(serialNumber)
    else this.put(serialNumber, status)
  }
}

/** All sets that this webapp watches: the module watches their union. */
export class Watched<Data> {
  readonly #client: WebappClient
  readonly #onThrown: (thrown: unknown) => void
  readonly #all = new Set<Devices<Data>>()
  readonly #last = new Map<string, DeviceStatus & Data>()

  constructor(client: WebappClient, onThrown: (thrown: unknown) => void) {
    this.#client = client
    this.#onThrown = onThrown
  }

  add(serialNumbers: readonly string[] | undefined): Devices<Data> {
    const devices = new Devices<Data>(serialNumbers, (left) => this.#remove(left), this.#onThrown)
    this.#watch([...this.#all, devices])
    this.#all.add(devices)
    for (const [serialNumber, status] of this.#last) devices.received(serialNumber, status)
    return devices
  }

  received(serialNumber: string, text: string | undefined): void {
    const status = text === undefined ? undefined : read<Data>(text)
    if (status === undefined) this.#last.delete(serialNumber)
    else if (this.#last.has(serialNumber) || this.#last.size < MOST) this.#last.set(serialNumber, status)
    for (const devices of [...this.#all]) devices.received(serialNumber, status)
  }

  end(): void {
    for (const devices of this.#all) devices.end()
    this.#all.clear()
  }

  #remove(devices: Devices<Data>): void {
    if (!this.#all.has(devices)) return
    try {
      this.#watch([...this.#all].filter((each) => each !== devices))
    } catch (thrown) {
      throw layerError(thrown)
    }
    this.#all.delete(devices)
  }

  #watch(all: readonly Devices<Data>[]): void {
    const wanted = all.map((devices) => devices.serialNumbers)
    const union = wanted.includes(undefined) ? undefined : new Set(wanted.flatMap((numbers) => numbers ?? []))
    // An empty list would not be none.
    if (union?.size === 0) this.#client.unwatchDevices()
    else this.#client.watchDevices(union && [...union])
    for (const serialNumber of this.#last.keys()) if (union?.has(serialNumber) === false) this.#last.delete(serialNumber)
  }
}

/** Only what the convention names is checked. */
function read<Data>(text: string): DeviceStatus & Data {
  const { recording, broadcasting, motionEnabled, ...status } = JSON.parse(text) as Record<string, unknown>
  const flags = Object.entries({ recording, broadcasting, motionEnabled }).filter(([, flag]) => typeof flag === 'boolean')
  return { ...status, ...Object.fromEntries(flags), online: status['online'] === true } as unknown as DeviceStatus & Data
}
