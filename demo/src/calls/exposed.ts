// What this page answers its peers.
import { effect } from '@preact/signals'
import { RemoteError } from 'websocket-mq/webapp/wasm'
import { app } from '../connection/link.js'
import { list, record, whole } from '../store/shapes.js'

const INVALID_PARAMS = -32602

export const PEER_METHODS = ['hello', 'sum', 'countdown'] as const

export function answerPeers(): void {
  effect(() => {
    const webapp = app.value
    return webapp?.expose({
      hello: (_: unknown, { from }: { from: string }) => ({
        greeting: `Hello ${from}, this is ${webapp.uid}.`,
        isVisible: !document.hidden,
      }),
      sum: (params: unknown) => {
        const terms = list(params)
        if (!terms.every((term) => typeof term === 'number')) throw new RemoteError(INVALID_PARAMS, 'sum takes an array of numbers.')
        return terms.reduce((total: number, term) => total + term, 0)
      },
      countdown: countDown,
    })
  })
}

async function* countDown(params: unknown, { signal }: { signal: AbortSignal }) {
  const { steps, delay } = record(params)
  const count = whole(steps, 5, [1, 100])
  for (let step = 1; step <= count && !signal.aborted; step++) {
    await new Promise((resolve) => setTimeout(resolve, whole(delay, 300, [0, 5000])))
    yield step
  }
  return count
}
