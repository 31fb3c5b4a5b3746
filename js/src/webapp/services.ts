import { LiveMap } from './live-map.js'

/** As many as the module reports. */
const MOST = 10_000

/** An instance of a service, as it announces itself. A field of a wrong type counts as absent. */
export interface ServiceInstance {
  readonly service: string
  readonly instance: string
  /** Empty if it does not say. */
  readonly version: string
  readonly methods: readonly string[]
  /** It accepts bodies that are not JSON: see {@link Raw}. */
  readonly raw?: boolean
  /** When it started: milliseconds since 1970, by its own clock. */
  readonly since?: number
  readonly stats?: Readonly<Record<string, number>>
}

/** Instances that are running, by `service/instance`; at most 10,000. */
export class Services extends LiveMap<string, ServiceInstance> {
  /** @internal */
  constructor(onThrown: (thrown: unknown) => void) {
    super(onThrown, MOST)
  }

  /** The names of the services that have at least one instance, sorted. */
  get names(): string[] {
    return [...new Set([...this.values()].map(({ service }) => service))].sort()
  }

  /** The instances of one service. */
  of(service: string): ServiceInstance[] {
    return [...this.values()].filter((instance) => instance.service === service)
  }

  /** @internal */
  received(service: string, instance: string, record: string | undefined): void {
    const key = `${service}/${instance}`
    if (record === undefined) this.remove(key)
    else this.put(key, { ...read(record), service, instance })
  }
}

/** Whoever may publish it may have written anything. */
function read(record: string): Omit<ServiceInstance, 'service' | 'instance'> {
  const { version, methods, raw, since, stats } = JSON.parse(record) as Record<string, unknown>
  return {
    version: typeof version === 'string' ? version : '',
    methods: Array.isArray(methods) && methods.every((method) => typeof method === 'string') ? methods : [],
    ...(typeof raw === 'boolean' ? { raw } : {}),
    ...(typeof since === 'number' ? { since } : {}),
    ...(areNumbers(stats) ? { stats } : {}),
  }
}

function areNumbers(stats: unknown): stats is Record<string, number> {
  const isObject = typeof stats === 'object' && stats !== null && !Array.isArray(stats)
  return isObject && Object.values(stats).every((count) => typeof count === 'number')
}
