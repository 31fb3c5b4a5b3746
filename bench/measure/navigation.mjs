// From the navigation to CONNACK, nothing cached; and all that the page loaded for it, its own HTML and
// the line of script in it left out.
import { brotliCompressSync, constants, gzipSync } from 'node:zlib'
import { openPage } from '../chromium.mjs'

const compress = {
  gzip: (bytes) => gzipSync(bytes, { level: 9 }).length,
  brotli: (bytes) =>
    brotliCompressSync(bytes, {
      params: { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length },
    }).length,
}

/** @returns {Promise<number>} milliseconds */
export async function measureNavigation({ browser, files, target }, peer) {
  const page = await openPage(browser, `${files}/bench/page/connect/${peer}.html?${target}`)
  try {
    const handle = await page.page.waitForFunction(() => globalThis.connected)
    return await handle.jsonValue()
  } catch (error) {
    throw new Error(`navigation, ${peer}: ${error.message}\n${page.errors.join('\n')}`, { cause: error })
  } finally {
    await page.close()
  }
}

/** @returns {Promise<{ raw: number, gzip: number, brotli: number, files: string[] }>} */
export async function measureShipped({ browser, files, target }, peer) {
  const context = await browser.newContext()
  const page = await context.newPage()
  const bodies = new Map()
  page.on('response', (response) => {
    if (response.request().resourceType() !== 'document') bodies.set(new URL(response.url()).pathname, response.body())
  })
  try {
    await page.goto(`${files}/bench/page/connect/${peer}.html?${target}`)
    await page.waitForFunction(() => globalThis.connected)
    const loaded = await Promise.all(bodies.values())
    const sum = (size) => loaded.reduce((total, bytes) => total + size(bytes), 0)
    return {
      raw: sum((bytes) => bytes.length),
      gzip: sum(compress.gzip),
      brotli: sum(compress.brotli),
      files: [...bodies.keys()],
    }
  } finally {
    await context.close()
  }
}
