import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { readFile, writeFile } from 'node:fs/promises'

/** A note of the content of a file that something was made of. By content and not by time: a checkout gives files new times. */
export class Stamp {
  #source
  #note

  /** @param {string} source the file @param {string} note where it is noted, in the folder that was made */
  constructor(source, note) {
    this.#source = source
    this.#note = note
  }

  async #digest() {
    return createHash('sha256')
      .update(await readFile(this.#source))
      .digest('hex')
  }

  /** Whether what was made is of the file as it is now. */
  async isCurrent() {
    return existsSync(this.#note) && (await readFile(this.#note, 'utf8')) === (await this.#digest())
  }

  async note() {
    await writeFile(this.#note, await this.#digest())
  }
}
