// A worker that ends takes its sockets with it, and what they have not sent yet.

/** In milliseconds: a server that does not answer a close is not waited for. */
const PATIENCE = 2000

const open = new Set<WebSocket>()
let waiting: (() => void)[] = []

/** Every socket of this scope is noted. */
export function noteSockets(): void {
  const Plain = globalThis.WebSocket
  if (typeof Plain !== 'function') return
  globalThis.WebSocket = class extends Plain {
    constructor(url: string | URL, protocols?: string | string[]) {
      super(url, protocols)
      open.add(this)
      this.addEventListener('close', () => {
        open.delete(this)
        if (open.size > 0) return
        for (const resolve of waiting) resolve()
        waiting = []
      })
    }
  }
}

/** Resolves when they are all closed. */
export function socketsClosed(): Promise<void> {
  if (open.size === 0) return Promise.resolve()
  return new Promise((resolve) => {
    waiting.push(resolve)
    setTimeout(resolve, PATIENCE)
  })
}
