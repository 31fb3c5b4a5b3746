// Two records of one scenario, as the lines that only one of them has.

/** @typedef {import('./world.mjs').Recorded} Recorded */

/** Lines that begin with "-" are Paho's alone, with "+" ours. @param {Recorded} paho @param {Recorded} ours */
export function differences(paho, ours) {
  const channels = /** @type {const} */ (['events', 'wire', 'storage'])
  const lines = channels.flatMap((channel) => lineDifferences(paho[channel], ours[channel]))
  // Everything that is sent in one task leaves together: fewer frames are meant, more are not.
  if (ours.frames > paho.frames) lines.push(`+ ${ours.frames - paho.frames} more frames`)
  return lines
}

/** By the longest common subsequence. @param {string[]} before @param {string[]} after */
function lineDifferences(before, after) {
  /** @type {number[][]} */
  const common = Array.from({ length: before.length + 1 }, () => Array.from({ length: after.length + 1 }, () => 0))
  const at = (/** @type {number} */ i, /** @type {number} */ j) => common[i]?.[j] ?? 0
  for (let i = before.length - 1; i >= 0; i--)
    for (let j = after.length - 1; j >= 0; j--)
      /** @type {number[]} */ (common[i])[j] = before[i] === after[j] ? at(i + 1, j + 1) + 1 : Math.max(at(i + 1, j), at(i, j + 1))
  const lines = []
  let i = 0
  let j = 0
  while (i < before.length || j < after.length) {
    if (i < before.length && j < after.length && before[i] === after[j]) {
      i++
      j++
    } else if (j >= after.length || (i < before.length && at(i + 1, j) >= at(i, j + 1))) lines.push(`- ${before[i++]}`)
    else lines.push(`+ ${after[j++]}`)
  }
  return lines
}
