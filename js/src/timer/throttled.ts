/** Of a hidden page without the worker. */
export const TIMERS_THROTTLED =
  "timer.js could not be started, so the keep alive of this hidden page is late: serve it from the page's origin, allow it in worker-src, and name it in load({ timerUrl })."
