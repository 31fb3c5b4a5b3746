/**
 * The same bytes on both sides, without sending them between the test and the page.
 * @param {number} size
 * @param {number} [seed]
 */
export function bytesOf(size, seed = 1) {
  const bytes = new Uint8Array(size)
  let state = seed
  for (let at = 0; at < size; at += 1) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    bytes[at] = state >>> 24
  }
  return bytes
}
