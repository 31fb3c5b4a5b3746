// The host of connections in a worker, dedicated or shared, or a thread of Node: what a worker file does.
import type { Load } from '../load.js'
import type { Module } from '../module.js'
import { openOutbox } from '../outbox/open-outbox.js'
import { PortChannel, type Postable } from './channels.js'
import { Host, type HostOptions } from './host.js'
import { hold, whenReleased } from './locks.js'
import { noteSockets, socketsClosed } from './open-sockets.js'
import { type Attachment, isPacket, plainError } from './protocol.js'
import type { CreateLayer } from './webapp/layer-host.js'

interface NodePort {
  postMessage(message: unknown, transfer: unknown[]): void
  on(type: 'message', listener: (data: unknown) => void): void
}
interface Scope {
  onconnect?: unknown
  onmessage?: unknown
  postMessage?: unknown
  process?: { getBuiltinModule?: (id: string) => { parentPort?: NodePort | null } }
}

const scope = globalThis as unknown as Scope

/** The host of the connection of that name. */
type Hosts = (name: string) => Host
type More = Pick<HostOptions, 'openOutbox' | 'createLayer'>

/** Serves whoever started this script. `createLayer`: the module has messaging. */
export function serve(load: Load, createLayer?: CreateLayer): void {
  const more: More = { openOutbox, ...(createLayer && { createLayer }) }
  const parentPort = scope.process?.getBuiltinModule?.('node:worker_threads').parentPort
  if (parentPort) {
    const port: Postable = { postMessage: (message, transfer) => parentPort.postMessage(message, transfer), onmessage: null }
    parentPort.on('message', (data) => port.onmessage?.({ data } as MessageEvent))
    receive(load().then((module) => dedicated(module, more)))(new PortChannel(port))
  } else if ('onconnect' in scope) {
    const add = receive(load().then((module) => shared(module, more)))
    scope.onconnect = ({ ports: [port] }: MessageEvent) => {
      if (port !== undefined) add(new PortChannel(port))
    }
  } else if (typeof document === 'undefined' && typeof scope.postMessage === 'function')
    receive(load().then((module) => dedicated(module, more)))(new PortChannel(scope as Postable, () => {}))
}

function receive(preparing: Promise<Hosts>): (channel: PortChannel) => void {
  return (channel) => {
    // What the page says first names the connection.
    channel.onPacket = (packet) => {
      channel.putBack(packet)
      const name = isPacket(packet) ? String((packet.commands[0]?.[1] as Partial<Attachment> | undefined)?.name) : ''
      preparing.then(
        (hosts) => hosts(name).add(channel),
        (thrown: unknown) => channel.post({ commands: [['fatal', plainError(thrown)]], bytes: undefined }, []),
      )
    }
  }
}

/** For one page. */
function dedicated(module: Module, more: More): Hosts {
  noteSockets()
  const host = new Host(module, { isShared: false, settled: socketsClosed, ...more })
  return () => host
}

/** For all tabs of the origin. */
async function shared(module: Module, more: More): Promise<Hosts> {
  const lock = `wsmq-host-${crypto.randomUUID()}`
  await hold(lock)
  const hosts = new Map<string, Host>()
  return (name) => {
    let host = hosts.get(name)
    if (host === undefined) hosts.set(name, (host = new Host(module, { isShared: true, lock, whenReleased, ...more })))
    return host
  }
}
