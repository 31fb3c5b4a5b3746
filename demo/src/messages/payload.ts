// Payloads as people read them.

const MOST_CHARACTERS = 20_000
const MOST_HEX_BYTES = 4096
const PREVIEW_BYTES = 300

const strict = new TextDecoder('utf-8', { fatal: true })
const lenient = new TextDecoder()

/** With replacement characters where it is not UTF-8. */
export function textOf(bytes: Uint8Array): string {
  return lenient.decode(bytes)
}

export function base64Of(bytes: Uint8Array): string {
  let characters = ''
  for (const byte of bytes) characters += String.fromCharCode(byte)
  return btoa(characters)
}

/** Undefined where it is not UTF-8. */
export function strictTextOf(bytes: Uint8Array): string | undefined {
  try {
    return strict.decode(bytes)
  } catch {
    return undefined
  }
}

/** Undefined where it is no JSON. */
export function jsonOf(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(strict.decode(bytes)) as unknown
  } catch {
    return undefined
  }
}

/** One line. */
export function preview(bytes: Uint8Array): string {
  if (bytes.length === 0) return 'empty'
  const start = bytes.subarray(0, PREVIEW_BYTES)
  const text = textOf(start)
  return isBinary(text, start.length) ? hexLine(start.subarray(0, 32)) : text.replace(/\s+/g, ' ')
}

export function asText(bytes: Uint8Array): string {
  return shorten(textOf(bytes))
}

/** As it is, if it is no JSON. */
export function asJson(bytes: Uint8Array): string {
  const value = jsonOf(bytes)
  return value === undefined ? asText(bytes) : shorten(JSON.stringify(value, undefined, 2))
}

export function asHex(bytes: Uint8Array): string {
  const lines = []
  for (let start = 0; start < Math.min(bytes.length, MOST_HEX_BYTES); start += 16) {
    const part = bytes.subarray(start, start + 16)
    const characters = Array.from(part, (byte) => (byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : '·')).join('')
    lines.push(`${start.toString(16).padStart(4, '0')}  ${hexLine(part).padEnd(47)}  ${characters}`)
  }
  if (bytes.length > MOST_HEX_BYTES) lines.push(`… ${bytes.length - MOST_HEX_BYTES} bytes more`)
  return lines.join('\n')
}

/** Whether the payload cannot be shown as text. */
export function isBinary(text: string, length: number): boolean {
  // A character that is cut at the end of a preview is no proof.
  const replaced = text.slice(0, -1).includes('\ufffd')
  // eslint-disable-next-line no-control-regex -- they are what is looked for
  return length > 0 && (replaced || /[\u0000-\u0008\u000e-\u001f]/.test(text))
}

function hexLine(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join(' ')
}

function shorten(text: string): string {
  if (text.length <= MOST_CHARACTERS) return text
  return `${text.slice(0, MOST_CHARACTERS)}\n… ${text.length - MOST_CHARACTERS} characters more`
}
