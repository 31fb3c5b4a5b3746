// What a page holds after a quarter, a half and all of a million messages, collected garbage aside.

/**
 * Of a hundred. At QoS 1 no more than 65,535 in all: behind those, Paho gives out the packet identifier 0, and nothing
 * is acknowledged to it any more.
 */
const shares = [
  ['publish', { qos: 0, size: 64 }, 47],
  ['publish', { qos: 1, size: 64 }, 6],
  ['receive', { size: 64, topics: 1000, perMessage: 32, read: 'bytes' }, 47],
]

/** @returns {Promise<{ messages: number, javascript: number, wasm: number }[]>} bytes */
export async function measureMemory({ browser, files, target }, peer, total) {
  const page = await browser.open(`${files}/bench/page/index.html?peer=${peer}`)
  const samples = []
  const portion = total / 20
  try {
    await page.until('Boolean(globalThis.bench)')
    await page.call('bench.open', target)
    for (let messages = portion; messages <= total; messages += portion) {
      for (const [kind, parameters, share] of shares) {
        const count = Math.ceil((portion * share) / 100 / 800) * 800
        await page.call('bench.run', kind, { ...parameters, count })
      }
      if (messages === portion || (messages / total) % 0.25 === 0) {
        const { objects, buffers } = await page.heap()
        const wasm = await page.call('bench.wasmMemory')
        // The heap's buffers include the module's memory.
        samples.push({ messages, javascript: objects + Math.max(0, buffers - wasm), wasm })
      }
    }
    return samples
  } finally {
    await page.close()
  }
}
