import { relative } from 'node:path'
import { root } from './root.mjs'
import { must, timed } from './run.mjs'
import { Stamp } from './stamp.mjs'

/**
 * Installs what the lock file of a folder names, where that has not been done.
 * @param {string} [folder] with a slash at its end
 */
export async function installNodeModules(folder = root) {
  const stamp = new Stamp([`${folder}package-lock.json`], `${folder}node_modules/.installed-lock`)
  const name = relative(root, folder)
  const install = () =>
    must('npm', ['ci', '--no-audit', '--no-fund'], {
      cwd: folder,
      env: { PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD: '1' }, // the system's Chromium is used
      whenItFails: 'npm ci failed. Check that the npm registry can be reached, then run this again.',
    })
  await stamp.once(() => timed(`Installing the npm packages${name ? ` of ${name}` : ''}`, install))
}
