// Texts between JavaScript and the C++ of the messaging layer.
import { BlockWriter, bytesOf, decodeText, passArguments } from '../../glue/bytes.js'

/** @param start the address of a text that ends with a NUL */
export function textAt(start: number): string {
  return decodeText(HEAPU8, start, HEAPU8.indexOf(0, start))
}

/** @param text the address of a JSON number that ends with a NUL */
export function toNumber(text: number): number {
  return Number(textAt(text))
}

/**
 * Passes texts as arguments: each behind its size as four bytes, little-endian.
 * @returns the size of all
 */
export function passTexts(...texts: (string | Uint8Array)[]): number {
  const block = new BlockWriter()
  for (const text of texts) {
    const bytes = bytesOf(text, 'A body')
    block.littleEndian(bytes.length, 4)
    block.bytes(bytes)
  }
  passArguments(block.taken())
  return block.size
}
