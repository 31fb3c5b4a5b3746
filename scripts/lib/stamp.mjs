import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { readdir, readFile, stat, writeFile } from 'node:fs/promises'
import { join, relative } from 'node:path'
import { exclusively } from './lock.mjs'
import { root } from './root.mjs'

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

  /** Makes it, where that has not been done: one process at a time, as test files that need the same run side by side. @param {() => Promise<unknown>} make */
  async once(make) {
    if (await this.isCurrent()) return
    await exclusively(relative(root, this.#note).replaceAll('/', '-'), async () => {
      if (await this.isCurrent()) return
      await make()
      await this.note()
    })
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
