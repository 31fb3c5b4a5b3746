// The site of docs/, in build/site.
import { spawn } from 'node:child_process'
import { mkdir, rm } from 'node:fs/promises'
import { text } from 'node:stream/consumers'
import { installNodeModules } from './node-modules.mjs'
import { root } from './root.mjs'
import { Failure, must, timed } from './run.mjs'

const folder = `${root}docs/site/`
export const vitepress = `${folder}node_modules/vitepress/bin/vitepress.js`
export const site = `${root}build/site/`

/** Reads the headers: Doxygen takes its options from standard input. */
async function readHeaders() {
  const output = `${root}build/site-doxygen/`
  await rm(output, { recursive: true, force: true })
  await mkdir(output, { recursive: true })
  const { doxygenOptions } = await import(`${folder}generate/cpp.mjs`)
  const doxygen = spawn('doxygen', ['-'], { stdio: ['pipe', 'ignore', 'pipe'] })
  const ended = new Promise((resolve, reject) => doxygen.once('error', reject).once('close', resolve))
  doxygen.stdin.end(doxygenOptions(root, output))
  const complaint = await text(doxygen.stderr)
  if ((await ended) !== 0) throw new Failure(`${complaint}Doxygen could not read the headers.`)
}

/** Writes docs/reference/ anew. dist/ is there. */
export async function writeReference() {
  await installNodeModules(folder)
  await timed('Writing the reference', async () => {
    await readHeaders()
    await must(process.execPath, [`${folder}generate/all.mjs`])
  })
}

/** dist/ is there. A link that leads nowhere ends it. @returns {Promise<string>} the folder to serve */
export async function buildSite() {
  await writeReference()
  await timed('Building the site', () => must(process.execPath, [vitepress, 'build', folder]))
  return site
}
