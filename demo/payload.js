// Payloads as people read them.

/** @typedef {'text' | 'json' | 'hex'} View */
/** @typedef {{ text: string, kind: 'plain' | 'hex' | 'none', isLong: boolean }} Shown */

const mostCharacters = 20_000
const mostHexBytes = 4096
const foldedLines = 4
const foldedCharacters = 400

/**
 * @param {import('/dist/index.js').Message} message
 * @param {View} view
 * @returns {Shown}
 */
export function show(message, view) {
  const { bytes } = message
  if (bytes.length === 0) return { text: 'empty', kind: 'none', isLong: false }
  const text = view === 'hex' ? undefined : readText(message)
  if (text === undefined) return { text: hexDump(bytes), kind: 'hex', isLong: bytes.length > 16 * foldedLines }
  return plain(view === 'json' ? readJson(text) : text)
}

/** @param {number} count */
export function size(count) {
  if (count < 1000) return `${count} B`
  if (count < 1_000_000) return `${(count / 1000).toFixed(1)} kB`
  return `${(count / 1_000_000).toFixed(1)} MB`
}

/**
 * Undefined where it is not text.
 * @param {import('/dist/index.js').Message} message
 */
function readText(message) {
  try {
    return message.text()
  } catch {
    return undefined
  }
}

/** @param {string} text */
function readJson(text) {
  try {
    return JSON.stringify(JSON.parse(text), null, 2)
  } catch {
    return text
  }
}

/** @param {string} text @returns {Shown} */
function plain(text) {
  const isLong = text.length > foldedCharacters || text.split('\n', foldedLines + 1).length > foldedLines
  const shown = text.length > mostCharacters ? `${text.slice(0, mostCharacters)}\n… ${text.length - mostCharacters} characters more` : text
  return { text: shown, kind: 'plain', isLong }
}

/** @param {Uint8Array} bytes */
function hexDump(bytes) {
  const lines = []
  for (let start = 0; start < Math.min(bytes.length, mostHexBytes); start += 16) {
    const part = [...bytes.subarray(start, start + 16)]
    const hex = part.map((byte) => byte.toString(16).padStart(2, '0')).join(' ')
    const characters = part.map((byte) => (byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : '·')).join('')
    lines.push(`${start.toString(16).padStart(4, '0')}  ${hex.padEnd(47)}  ${characters}`)
  }
  if (bytes.length > mostHexBytes) lines.push(`… ${bytes.length - mostHexBytes} bytes more`)
  return lines.join('\n')
}
