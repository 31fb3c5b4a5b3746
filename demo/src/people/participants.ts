// Who and what else is there: the webapps, services and devices that the convention tells of.
import { effect, signal } from '@preact/signals'
import type { Devices, DeviceStatus, Present, ServiceInstance } from 'websocket-mq/webapp/wasm'
import { app } from '../connection/link.js'
import type { DemoSchema } from '../connection/schema.js'
import { texts, record } from '../store/shapes.js'
import { Changes } from '../ui/changes.js'

type State = DemoSchema['state']
export type Person = Present<State>
export interface Device {
  serialNumber: string
  status: DeviceStatus & { battery?: unknown }
}

/** Sorted, and drawn again at most ten times a second. */
export const people = signal<readonly Person[]>([])
export const services = signal<readonly ServiceInstance[]>([])
export const devices = signal<readonly Device[]>([])

export function watchParticipants(): void {
  effect(() => {
    const webapp = app.value
    if (webapp === undefined) {
      people.value = services.value = devices.value = []
      return
    }
    const watched: Devices<DemoSchema['device']> = webapp.devices()
    const stops = [
      follow(webapp.presence, () => (people.value = sorted([...webapp.presence.values()], ({ uid }) => uid))),
      follow(webapp.services, () => (services.value = sorted([...webapp.services.values()], keyOfService))),
      follow(watched, () => {
        const all = [...watched].map(([serialNumber, status]) => ({ serialNumber, status }))
        devices.value = sorted(all, ({ serialNumber }) => serialNumber)
      }),
    ]
    return () => stops.forEach((stop) => stop())
  })
}

export const keyOfService = ({ service, instance }: ServiceInstance) => `${service}/${instance}`

/** The rooms that somebody says to be in: anything may stand there. */
export function roomsOf({ state }: Pick<Person, 'state'>): string[] {
  return texts(record(state)['rooms'])
}

function follow(map: { on: (handler: () => void) => () => void }, list: () => void): () => void {
  const changes = new Changes(() => isFollowed && list())
  let isFollowed = true
  list()
  const off = map.on(() => changes.touch())
  return () => {
    isFollowed = false
    off()
  }
}

/** By code units, which for thousands is much faster than by language. */
function sorted<Each>(all: Each[], keyOf: (each: Each) => string): Each[] {
  return all
    .map((each) => ({ key: keyOf(each), each }))
    .sort((one, other) => (one.key < other.key ? -1 : Number(one.key > other.key)))
    .map(({ each }) => each)
}
