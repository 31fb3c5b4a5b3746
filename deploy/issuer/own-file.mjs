// Files of the issuer's own, which nobody else reads.
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'

/** The text of a file, or another where there is no file yet. @param {string} file @param {string} otherwise */
export const readOwn = (file, otherwise) =>
  readFile(file, 'utf8').catch((error) => {
    if (error.code === 'ENOENT') return otherwise
    throw error
  })

/** Whoever reads the file meanwhile has the old one or the new one. @param {string} file @param {unknown} value as JSON */
export async function writeOwn(file, value) {
  await mkdir(dirname(file), { recursive: true, mode: 0o700 })
  const unfinished = `${file}.new`
  await writeFile(unfinished, JSON.stringify(value), { mode: 0o600, flush: true })
  await rename(unfinished, file)
}
