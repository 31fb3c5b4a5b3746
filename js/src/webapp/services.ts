import { LiveMap } from './live-map.js'

/** An instance of a service, as it announces itself. */
export interface ServiceInstance {
  readonly service: string
  readonly instance: string
  readonly version: string
  readonly methods: readonly string[]
  /** It takes bodies that are not JSON: see {@link Raw}. */
  readonly raw?: boolean
  readonly since?: number
  readonly stats?: Readonly<Record<string, number>>
}

/** Instances that are running, by `service/instance`. */
export class Services extends LiveMap<string, ServiceInstance> {
  /** The names of services of which at least one instance runs. */
  get names(): string[] {
    return [...new Set([...this.values()].map(({ service }) => service))].sort()
  }

  /** The instances of one service. */
  of(service: string): ServiceInstance[] {
    return [...this.values()].filter((instance) => instance.service === service)
  }

  /** @internal */
  heard(service: string, instance: string, record: string | undefined): void {
    const key = `${service}/${instance}`
    if (record === undefined) this.remove(key)
    else this.put(key, { version: '', methods: [], ...(JSON.parse(record) as object), service, instance })
  }
}
