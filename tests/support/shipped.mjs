import { readFile } from 'node:fs/promises'

const deploy = new URL('../../deploy/', import.meta.url)

/**
 * A file that deploy/ gives to users, with some text of it replaced: ports and paths, and what an operator would change.
 * @param {string} file
 * @param {readonly (readonly [from: string, to: string])[]} changes
 */
export async function shipped(file, changes) {
  let text = await readFile(new URL(file, deploy), 'utf8')
  for (const [from, to] of changes) {
    if (!text.includes(from)) throw new Error(`deploy/${file} no longer says "${from}"`)
    text = text.replaceAll(from, to)
  }
  return text
}
