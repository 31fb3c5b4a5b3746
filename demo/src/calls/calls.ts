// Calls of services and peers: one at a time, with what they took, by method.
import { signal } from '@preact/signals'
import { app } from '../connection/link.js'
import { record, text } from '../store/shapes.js'
import { read, write } from '../store/storage.js'
import { sentence } from '../ui/text.js'

const TIMEOUT = 60_000 // milliseconds
const MOST_TIMES = 500
const MOST_PARAMS = 200

/** What the methods of the demo's services and of peers take. */
const examples = new Map([
  ['echo', '{"hello":"world"}'],
  ['sum', '[1, 2, 39]'],
  ['slow', '{"steps": 20, "delay": 100}'],
  ['fail', '{"code": 17, "message": "Sold out", "data": {"left": 0}}'],
  ['countdown', '{"steps": 10, "delay": 200}'],
])

export interface Outcome {
  readonly text: string
  readonly isFailed: boolean
  /** Milliseconds. */
  readonly took: number | undefined
}

export const outcome = signal<Outcome | undefined>(undefined)
/** 0 to 1; undefined: there is none. */
export const progress = signal<number | undefined>(undefined)
export const items = signal<readonly unknown[]>([])
export const running = signal<AbortController | undefined>(undefined)
/** Milliseconds of the latest calls that succeeded, by `target method`. */
export const times = signal<Readonly<Record<string, readonly number[]>>>({})

const keyOf = (target: string, method: string) => `${target} ${method}`

/** What was called with the last time, or an example. */
export function paramsOf(target: string, method: string): string {
  return text(record(read('localStorage', 'params'))[keyOf(target, method)], examples.get(method) ?? '')
}

export function rememberParams(target: string, method: string, params: string): void {
  const all = Object.entries({ ...record(read('localStorage', 'params')), [keyOf(target, method)]: params })
  write('localStorage', 'params', Object.fromEntries(all.slice(-MOST_PARAMS)))
}

export function timesOf(target: string, method: string): readonly number[] {
  return times.value[keyOf(target, method)] ?? []
}

/** Whether a target is a peer: services have no colon in their names. */
export const isPeer = (target: string) => target.includes(':')

export async function call(target: string, method: string, written: string): Promise<void> {
  const webapp = app.peek()
  if (webapp === undefined) return
  const control = new AbortController()
  running.value = control
  progress.value = outcome.value = undefined
  items.value = []
  const start = performance.now()
  const took = () => performance.now() - start
  try {
    const params = written.trim() === '' ? undefined : (JSON.parse(written) as unknown)
    rememberParams(target, method, written)
    const steps = Number(record(params)['steps'] ?? 1)
    const onProgress = (item: unknown) => {
      items.value = [...items.peek(), item].slice(-20)
      progress.value = typeof item === 'number' && steps > 0 ? Math.min(1, item / steps) : 0
    }
    const options = { signal: control.signal, timeout: TIMEOUT, onProgress }
    const result = await (isPeer(target)
      ? webapp.peer(target).request(method, params, options)
      : webapp.request(target, method, params, options))
    outcome.value = { text: JSON.stringify(result ?? null, undefined, 2), isFailed: false, took: took() }
    const key = keyOf(target, method)
    times.value = { ...times.peek(), [key]: [...(times.peek()[key] ?? []), took()].slice(-MOST_TIMES) }
  } catch (error) {
    const { remoteCode: code, data } = error as { remoteCode?: number; data?: unknown }
    const detail = data === undefined ? '' : `\n${JSON.stringify(data, undefined, 2)}`
    outcome.value = { text: `${code === undefined ? '' : `${code}: `}${sentence(error)}${detail}`, isFailed: true, took: took() }
  } finally {
    progress.value = running.value = undefined
  }
}

export function cancel(): void {
  running.peek()?.abort(new Error('Cancelled.'))
}
