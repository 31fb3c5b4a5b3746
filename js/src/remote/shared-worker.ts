// `shared`: the connection is in a SharedWorker, for all tabs of the origin.
import { PortChannel } from './channels.js'
import { loadFailed } from './dedicated.js'
import { Link, type PageOptions } from './link.js'
import { whenReleased } from './locks.js'
import { Presence } from './presence.js'
import type { WorkerFiles } from './worker-files.js'

export async function openSharedWorker(
  name: string,
  files: WorkerFiles,
  url: string | URL | undefined,
  options: PageOptions,
): Promise<Link> {
  const presence = new Presence(name)
  const link = new Link({
    ...options,
    survives: true,
    onLeave: async () => {
      await link.ended()
      presence.end()
      link.close()
    },
    onHello: (lock) => {
      whenReleased(lock, () => {
        if (link.hostLock !== lock) return
        link.lost(new Error('The worker that held the connection is gone.'), false)
        void attach()
      })
    },
  })
  const attach = async (): Promise<void> => {
    const lock = await presence.hold()
    const worker = start(files, url)
    worker.onerror = (event) => {
      event.preventDefault()
      presence.end()
      link.lost(loadFailed(event.message), true)
    }
    link.use(new PortChannel(worker.port), { tab: presence.tab, lock, name })
  }
  presence.watch(
    () => {
      link.close()
      link.lost(new Error('The page was frozen.'), false)
    },
    () => void attach(),
  )
  try {
    await attach()
  } catch (thrown) {
    presence.end()
    throw thrown
  }
  return link
}

function start(files: WorkerFiles, url: string | URL | undefined): SharedWorker {
  try {
    return url === undefined ? files.shared() : new SharedWorker(url, { type: 'module', name: 'websocket-mq' })
  } catch (thrown) {
    throw loadFailed((thrown as Error).message)
  }
}
