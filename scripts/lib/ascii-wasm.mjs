// The WebAssembly that Emscripten writes into a script, as printable ASCII. Its own form has a character for each byte,
// most of which bundlers escape (Parcel, Turbopack): the script grows by half. Here the 87 commonest bytes take a
// character each, and all others two. That is as small as bytes are, compressed or not; base64 is a quarter larger.
import { runInNewContext } from 'node:vm'

/** How Emscripten's script calls its decoder. */
const call = /binaryDecode\(('(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*"|`(?:[^`\\]|\\.)*`)\)/s
const decoder = /function binaryDecode\(bin\)\{.*?return o\}/s

/** Printable, and the same in quotes of all kinds, in templates and in HTML. */
const characters = Array.from({ length: 95 }, (_, index) => String.fromCharCode(32 + index)).filter((each) => !`"$'<\\\``.includes(each))
/** They begin the pairs. */
const escapes = 2

/**
 * As the decoder below reads it: which of the 256 bytes are common, a character for each, and then the bytes.
 * @param {Uint8Array} bytes
 */
export function encode(bytes) {
  const counts = new Array(256).fill(0)
  for (const byte of bytes) counts[byte]++
  const all = [...counts.keys()]
  const common = new Set([...all].sort((one, other) => counts[other] - counts[one]).slice(0, characters.length - escapes))
  const singles = all.filter((byte) => common.has(byte))
  const others = all.filter((byte) => !common.has(byte))
  /** @type {string[]} */
  const codes = []
  singles.forEach((byte, index) => (codes[byte] = characters[index + escapes] ?? ''))
  others.forEach((byte, index) => {
    codes[byte] = `${characters[Math.floor(index / characters.length)]}${characters[index % characters.length]}`
  })
  return all.map((byte) => Number(common.has(byte))).join('') + Array.from(bytes, (byte) => codes[byte]).join('')
}

/** @param {string} text @returns {Uint8Array} */
export function binaryDecode(text) {
  const /** @type {number[]} */ places = []
  const /** @type {number[]} */ singles = []
  const /** @type {number[]} */ others = []
  let count = 0
  for (let code = 32; code < 127; code++) if (!`"$'<\\\``.includes(String.fromCharCode(code))) places[code] = count++
  for (let byte = 0; byte < 256; byte++) (text[byte] === '1' ? singles : others).push(byte)
  const bytes = new Uint8Array(text.length)
  let size = 0
  for (let at = 256; at < text.length; at++) {
    const place = places[text.charCodeAt(at)] ?? 0
    bytes[size++] = (place < 2 ? others[place * count + (places[text.charCodeAt(++at)] ?? 0)] : singles[place - 2]) ?? 0
  }
  return bytes.subarray(0, size)
}

/** Where there is none, or in another form, it stays as it is. @param {string} source Emscripten's script */
export function asciiWasm(source) {
  const literal = call.exec(source)?.[1]
  if (literal === undefined || !decoder.test(source)) return source
  const bytes = Uint8Array.from(/** @type {string} */ (runInNewContext(literal)), (character) => character.charCodeAt(0))
  return source.replace(call, () => `binaryDecode("${encode(bytes)}")`).replace(decoder, () => binaryDecode.toString())
}
