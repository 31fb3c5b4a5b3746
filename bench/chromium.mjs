import { chromium } from '@playwright/test'

const options = {
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  args: [
    '--no-sandbox',
    '--disable-gpu',
    '--disable-quic',
    '--no-first-run',
    '--disable-background-networking',
    '--disable-component-update',
    '--disable-sync',
    // Frees garbage when we ask for it, and only adds to what we measure when it has to.
    '--js-flags=--expose-gc',
  ],
}

export function launch() {
  return chromium.launch(options)
}

/**
 * A page in a context of its own: no cache, no storage and, mostly, a renderer process of its own.
 * @param {import('@playwright/test').Browser} browser
 * @param {string} url
 */
export async function openPage(browser, url) {
  const context = await browser.newContext({ ignoreHTTPSErrors: true })
  const page = await context.newPage()
  const errors = []
  page.on('pageerror', (error) => errors.push(String(error)))
  page.on('console', (message) => message.type() === 'error' && errors.push(message.text()))
  const devtools = await context.newCDPSession(page)
  await devtools.send('Performance.enable', { timeDomain: 'threadTicks' })
  const response = await page.goto(url)
  if (!response?.ok()) throw new Error(`${url} answered ${response?.status()}`)
  return { page, devtools, errors, close: () => context.close() }
}

/**
 * Seconds of processor time that the page's main thread has used since it began, and what its tasks
 * took of it.
 */
export async function processorTime({ devtools }) {
  const { metrics } = await devtools.send('Performance.getMetrics')
  const value = (name) => metrics.find((each) => each.name === name)?.value ?? NaN
  return { thread: value('ThreadTime'), tasks: value('TaskDuration') }
}

/** Bytes that JavaScript holds when all garbage is collected. */
export async function heap({ devtools }) {
  await devtools.send('HeapProfiler.collectGarbage')
  await devtools.send('HeapProfiler.collectGarbage')
  const { usedSize, backingStorageSize = 0 } = await devtools.send('Runtime.getHeapUsage')
  return { objects: usedSize, buffers: backingStorageSize }
}
