/** Counts frames, and tasks that are too long for the screen. @param {number} milliseconds @param {() => number} messages how many came so far */
export async function measure(milliseconds, messages) {
  // It runs warm.
  await new Promise((resolve) => setTimeout(resolve, 1000))
  const tasks = []
  const observer = new PerformanceObserver((list) => tasks.push(...list.getEntries().map(({ duration }) => duration)))
  observer.observe({ type: 'longtask' })
  let frames = 0
  const before = messages()
  const start = performance.now()
  let now = start
  while (now - start < milliseconds) {
    now = await new Promise(requestAnimationFrame)
    frames++
  }
  tasks.push(...observer.takeRecords().map(({ duration }) => duration))
  observer.disconnect()
  const seconds = (now - start) / 1000
  return {
    frames: frames / seconds,
    longTasks: tasks.length,
    longest: Math.max(0, ...tasks),
    messages: (messages() - before) / seconds,
  }
}
