// What failed, in few lines: of a long run often only the end of its output is kept.

/** @typedef {{ name: string, error?: string | undefined }} FailedTest */

const linesOfOne = 15
const linesOfAll = 100
const width = 300

/** @param {readonly FailedTest[]} failures @returns {string} each with its name and where its text begins; the rest by names only */
export function digestOf(failures) {
  /** @type {string[]} */
  const lines = []
  for (const { name, error = '' } of failures) {
    if (lines.length < linesOfAll) lines.push(name.slice(0, width), ...excerpt(error).slice(0, linesOfAll - lines.length - 1))
    else if (lines.push(name.slice(0, width)) > 2 * linesOfAll) break
  }
  const named = lines.filter((line) => !line.startsWith(' ')).length
  return [...lines, ...(named < failures.length ? [`and ${failures.length - named} more`] : [])].join('\n')
}

/** @param {string} text @returns {string[]} the lines that tell most */
function excerpt(text) {
  const lines = plain(text).split('\n').filter((line) => line.trim() !== '') // prettier-ignore
  // The output of a compiler or of a whole program says long things first.
  const first = lines.length <= linesOfOne ? 0 : Math.max(0, lines.findIndex((line) => /\berror\b|\bfatal\b|FAILED|panicked/i.test(line))) // prettier-ignore
  return lines.slice(first, first + linesOfOne).map((line) => `    ${line.slice(0, width)}`)
}

/** Without the colours that programs add. @param {string} text */
// eslint-disable-next-line no-control-regex -- colours begin with one
const plain = (text) => text.replaceAll(/\x1b\[[\d;]*m/g, '')
