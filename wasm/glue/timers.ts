// Timers of the event loop for C++.

/** @param timer the address of wsmq::wasm::Timer */
export function setTimer(delay: number, timer: number): number {
  // In Node an object, which becomes its number where C++ takes it.
  return setTimeout(() => _wsmq_timer_fired(timer), delay) as unknown as number
}

export function clearTimer(id: number): void {
  clearTimeout(id)
}
