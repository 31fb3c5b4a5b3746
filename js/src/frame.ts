/** In milliseconds: instead of frames, which a hidden page has none of. */
const HIDDEN_INTERVAL = 250
/** Where there are no frames at all, as in workers and under Node: about as often as a screen has them. */
const WITHOUT_FRAMES = 16

/** Calls `act` once, in the next frame that the screen shows. `evenHidden`: also if no frame comes. The result cancels it. */
export function inNextFrame(evenHidden: boolean, act: () => void): () => void {
  const hasFrames = typeof requestAnimationFrame === 'function'
  const cancel = () => {
    clearTimeout(timer)
    if (hasFrames) cancelAnimationFrame(frame)
  }
  const run = () => {
    cancel()
    act()
  }
  const frame = hasFrames ? requestAnimationFrame(run) : 0
  const timer = evenHidden || !hasFrames ? setTimeout(run, hasFrames ? HIDDEN_INTERVAL : WITHOUT_FRAMES) : undefined
  return cancel
}
