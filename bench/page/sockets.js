// Keeps hold of the WebSocket that a library opens, so that each is paced by the same rule. The
// library gets the browser's own object; nothing is wrapped.

const Native = globalThis.WebSocket
let last = null

globalThis.WebSocket = new Proxy(Native, {
  construct(target, parameters) {
    last = new target(...parameters)
    return last
  },
})

const patience = 4 << 20
const channel = new MessageChannel()
const waiting = []
channel.port1.onmessage = () => waiting.shift()()

/** A task of its own, without the clamp of timers. */
export function nextTask() {
  return new Promise((resolve) => {
    waiting.push(resolve)
    channel.port2.postMessage(0)
  })
}

/** The next task, or a later one while too much waits to be sent. */
export async function nextTurn() {
  await nextTask()
  while (last.bufferedAmount > patience) await new Promise((resolve) => setTimeout(resolve, 1))
}
