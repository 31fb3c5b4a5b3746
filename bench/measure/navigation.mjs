// From the navigation to CONNACK, nothing cached; and all that the page loaded for it, its own HTML and
// the line of script in it left out.
import { brotliCompressSync, constants, gzipSync } from 'node:zlib'

const compress = {
  gzip: (bytes) => gzipSync(bytes, { level: 9 }).length,
  brotli: (bytes) =>
    brotliCompressSync(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length } })
      .length,
}

/** @returns {Promise<number>} milliseconds */
export async function measureNavigation(where, peer) {
  const page = await open(where, peer)
  try {
    return await page.until('globalThis.connected')
  } finally {
    await page.close()
  }
}

/** @returns {Promise<{ raw: number, gzip: number, brotli: number, files: string[] }>} */
export async function measureShipped(where, peer) {
  const urls = new Set()
  const page = await open(where, peer, {
    'Network.requestWillBeSent': ({ type, request }) => {
      if (type !== 'Document' && request.url.startsWith('http')) urls.add(request.url)
    },
  })
  await page.until('globalThis.connected')
  await page.close()
  const bodies = await Promise.all([...urls].map(async (url) => Buffer.from(await (await fetch(url)).arrayBuffer())))
  const sum = (size) => bodies.reduce((total, bytes) => total + size(bytes), 0)
  return {
    raw: sum((bytes) => bytes.length),
    gzip: sum(compress.gzip),
    brotli: sum(compress.brotli),
    files: [...urls].map((url) => new URL(url).pathname),
  }
}

function open({ browser, files, target }, peer, events) {
  return browser.open(`${files}/bench/page/connect/${peer}.html?${target}`, events)
}
