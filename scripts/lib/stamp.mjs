import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { readdir, readFile, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

/**
 * A note of the content of what something was made of. By content and not by time: a checkout gives files new times.
 */
export class Stamp {
  #sources
  #note
  #how

  /**
   * @param {readonly string[]} sources files, and folders with all that is in them
   * @param {string} note where it is noted, in the folder that was made
   * @param {string} [how] it was made
   */
  constructor(sources, note, how = '') {
    this.#sources = sources
    this.#note = note
    this.#how = how
  }

  async #digest() {
    const hash = createHash('sha256').update(this.#how)
    for (const source of this.#sources) for (const file of await filesOf(source)) hash.update(await readFile(file))
    return hash.digest('hex')
  }

  /** Whether what was made is of the sources as they are now. */
  async isCurrent() {
    return existsSync(this.#note) && (await readFile(this.#note, 'utf8')) === (await this.#digest())
  }

  async note() {
    await writeFile(this.#note, await this.#digest())
  }
}

/** @param {string} source @returns {Promise<string[]>} */
async function filesOf(source) {
  if (!(await stat(source)).isDirectory()) return [source]
  const entries = await readdir(source, { recursive: true, withFileTypes: true })
  return entries
    .filter((entry) => entry.isFile())
    .map(({ parentPath, path, name }) => join(parentPath ?? path, name))
    .sort()
}
