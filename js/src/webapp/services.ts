import { LiveMap } from './live-map.js'

/** As many as the module tells of. */
const MOST = 10_000

/** An instance of a service, as it announces itself. What it says in a wrong type is as if it had not said it. */
export interface ServiceInstance {
  readonly service: string
  readonly instance: string
  /** Empty where it does not say. */
  readonly version: string
  readonly methods: readonly string[]
  /** It takes bodies that are not JSON: see {@link Raw}. */
  readonly raw?: boolean
  readonly since?: number
  readonly stats?: Readonly<Record<string, number>>
}

/** Instances that are running, by `service/instance`; 10,000 at most. */
export class Services extends LiveMap<string, ServiceInstance> {
  /** @internal */
  constructor(onThrown: (thrown: unknown) => void) {
    super(onThrown, MOST)
  }

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
    else this.put(key, { ...read(record), service, instance })
  }
}

/** Anybody may have written it whom the broker lets do so. */
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
