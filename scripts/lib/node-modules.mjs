import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { readFile, writeFile } from 'node:fs/promises'
import { relative } from 'node:path'
import { root } from './root.mjs'
import { must, timed } from './run.mjs'

/**
 * Installs what the lock file of a folder names, where that has not been done.
 * @param {string} [folder] with a slash at its end
 */
export async function installNodeModules(folder = root) {
  const lock = createHash('sha256')
    .update(await readFile(`${folder}package-lock.json`))
    .digest('hex')
  const stamp = `${folder}node_modules/.installed-lock`
  // By content and not by time: a checkout gives files new times.
  if (existsSync(stamp) && (await readFile(stamp, 'utf8')) === lock) return
  const name = relative(root, folder)
  await timed(`Installing the npm packages${name ? ` of ${name}` : ''}`, () =>
    must('npm', ['ci', '--no-audit', '--no-fund'], {
      cwd: folder,
      env: { PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD: '1' }, // the system's Chromium is used
      whenItFails: 'npm ci failed. Check that the npm registry can be reached, then run this again.',
    }),
  )
  await writeFile(stamp, lock)
}
