import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { readFile, writeFile } from 'node:fs/promises'
import { relative } from 'node:path'
import { root } from './root.mjs'
import { must, timed } from './run.mjs'

/** @param {string} folder with a slash at its end */
async function lockAndStamp(folder) {
  const lock = createHash('sha256')
    .update(await readFile(`${folder}package-lock.json`))
    .digest('hex')
  return { lock, stamp: `${folder}node_modules/.installed-lock` }
}

/**
 * Whether what the lock file of a folder names is installed there. By content and not by time: a checkout gives files new times.
 * @param {string} folder with a slash at its end
 */
export async function areModulesInstalled(folder) {
  const { lock, stamp } = await lockAndStamp(folder)
  return existsSync(stamp) && (await readFile(stamp, 'utf8')) === lock
}

/** Notes that it is. @param {string} folder with a slash at its end */
export async function noteModules(folder) {
  const { lock, stamp } = await lockAndStamp(folder)
  await writeFile(stamp, lock)
}

/**
 * Installs what the lock file of a folder names, where that has not been done.
 * @param {string} [folder] with a slash at its end
 */
export async function installNodeModules(folder = root) {
  if (await areModulesInstalled(folder)) return
  const name = relative(root, folder)
  await timed(`Installing the npm packages${name ? ` of ${name}` : ''}`, () =>
    must('npm', ['ci', '--no-audit', '--no-fund'], {
      cwd: folder,
      env: { PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD: '1' }, // the system's Chromium is used
      whenItFails: 'npm ci failed. Check that the npm registry can be reached, then run this again.',
    }),
  )
  await noteModules(folder)
}
