// Timers of the event loop, for C++ and for the package's JavaScript. Browsers let those of a hidden page fire once a
// minute, which is too late for a keep alive, but not those of workers: while the page is hidden, a worker wakes them.
import { callHandler, links } from './link.js'

/** Milliseconds for which a page is hidden before the worker starts: not for a page that is being left. */
const hiddenLongEnough = 5_000
/** A file may be out of reach for a moment. */
const mostFailures = 3
/** Milliseconds. The clocks of page and worker differ by less, and what is early is armed again. */
const tolerance = 2

const timers = new Map<number, { due: number; handle: ReturnType<typeof setTimeout>; act: () => void }>()
let lastId = 0
let hiding: ReturnType<typeof setTimeout> | undefined
/** It answers each message, a delay in milliseconds, when that has passed. */
let worker: Worker | undefined
let failures = 0

/** @param timer the address of wsmq::wasm::Timer */
export function setTimer(delay: number, timer: number): number {
  return startTimer(() => _wsmq_timer_fired(timer), delay)
}

export function startTimer(act: () => void, delay: number): number {
  timers.set(++lastId, { due: performance.now() + delay, handle: setTimeout(fire, delay, lastId), act })
  worker?.postMessage(delay)
  return lastId
}

export function clearTimer(id: number): void {
  clearTimeout(timers.get(id)?.handle)
  timers.delete(id)
}

function fire(id: number) {
  const timer = timers.get(id)
  clearTimer(id)
  timer?.act()
}

function fireDue() {
  for (const [id, { due }] of [...timers]) if (due - performance.now() < tolerance) fire(id)
}

/** @param isHidden false also where nobody needs timers any more */
export function noteVisibility(isHidden: boolean): void {
  clearTimeout(hiding)
  if (isHidden) hiding = setTimeout(startWorker, hiddenLongEnough)
  else stopWorker()
}

function stopWorker() {
  worker?.terminate()
  worker = undefined
}

function startWorker() {
  if (worker !== undefined || failures >= mostFailures) return
  try {
    worker = Module.startTimerWorker?.()
    if (worker === undefined) return
    worker.onmessage = fireDue
    worker.onerror = (event) => {
      event.preventDefault()
      fail()
    }
    for (const { due } of timers.values()) worker.postMessage(due - performance.now())
  } catch {
    // The file is on another origin.
    fail()
  }
}

function fail() {
  stopWorker()
  if (failures++ === 0) for (const link of [...links.values()]) callHandler(link, link.client.onTimersThrottled)
}
