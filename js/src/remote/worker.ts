// `dist/worker.js`: the host of a connection in a worker, dedicated or shared, or a thread of Node. A page starts it.
import { load } from '../embedded.js'
import { PortChannel, type Postable } from './channels.js'
import { Host } from './host.js'
import { noteSockets, socketsClosed } from './open-sockets.js'
import { hold, whenReleased } from './locks.js'
import { type Attachment, isPacket, plainError } from './protocol.js'
import type { Module } from '../module.js'
import { openOutbox } from '../outbox/open-outbox.js'

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

function serve(prepare: (module: Module) => Promise<Hosts>): (channel: PortChannel) => void {
  const preparing = load().then(prepare)
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
function dedicated(module: Module): Promise<Hosts> {
  noteSockets()
  const host = new Host(module, { isShared: false, settled: socketsClosed, openOutbox })
  return Promise.resolve(() => host)
}

/** For all tabs of the origin. */
async function shared(module: Module): Promise<Hosts> {
  const lock = `wsmq-host-${crypto.randomUUID()}`
  await hold(lock)
  const hosts = new Map<string, Host>()
  return (name) => {
    let host = hosts.get(name)
    if (host === undefined) hosts.set(name, (host = new Host(module, { isShared: true, lock, whenReleased, openOutbox })))
    return host
  }
}

export {}

const parentPort = scope.process?.getBuiltinModule?.('node:worker_threads').parentPort
if (parentPort) {
  const port: Postable = { postMessage: (message, transfer) => parentPort.postMessage(message, transfer), onmessage: null }
  parentPort.on('message', (data) => port.onmessage?.({ data } as MessageEvent))
  serve(dedicated)(new PortChannel(port))
} else if ('onconnect' in scope) {
  const add = serve(shared)
  scope.onconnect = ({ ports: [port] }: MessageEvent) => {
    if (port !== undefined) add(new PortChannel(port))
  }
} else if (typeof document === 'undefined' && typeof scope.postMessage === 'function')
  serve(dedicated)(new PortChannel(scope as Postable, () => {}))
