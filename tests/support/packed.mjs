// The package as npm publishes it. What is not in the tarball is missing for the tests, too.
import { execFile } from 'node:child_process'
import { mkdir, mkdtemp, rename, rm } from 'node:fs/promises'
import { promisify } from 'node:util'
import { root } from '../../scripts/lib/root.mjs'

const folder = `${root}build/packed/`
/** The unpacked package, with a slash at its end; there once `unpackPackage` has been called. */
export const packed = `${folder}package/`
/** What it has to import and to serve, with a slash at its end. */
export const packedDist = `${packed}dist/`

/**
 * @param {string} from a package's folder
 * @param {string} to
 * @returns {Promise<string>} the packed file
 */
export async function pack(from, to) {
  const { stdout } = await promisify(execFile)('npm', ['pack', '--silent', '--pack-destination', to], { cwd: from })
  return `${to}/${stdout.trim()}`
}

/**
 * Packs the built package and unpacks it, in place of what was there.
 * @param {string} [to]
 * @returns {Promise<string>} the unpacked package, with a slash at its end
 */
export async function unpackPackage(to = folder) {
  await mkdir(`${root}build`, { recursive: true })
  const fresh = await mkdtemp(`${root}build/packed-`)
  try {
    await promisify(execFile)('tar', ['-xzf', await pack(root, fresh), '-C', fresh])
    await rm(to, { recursive: true, force: true })
    await rename(fresh, to)
    return `${to.replace(/\/$/, '')}/package/`
  } finally {
    await rm(fresh, { recursive: true, force: true })
  }
}
