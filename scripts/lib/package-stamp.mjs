import { createHash } from 'node:crypto'
import { readdir, readFile, stat, writeFile } from 'node:fs/promises'
import { root } from './root.mjs'

const stamp = `${root}build/package.stamp`

/** @param {string} folder below the root, with a slash at its end @returns {Promise<string[]>} files, below the root */
async function filesBelow(folder) {
  const entries = await readdir(root + folder, { recursive: true, withFileTypes: true }).catch(() => [])
  return entries.filter((each) => each.isFile()).map(({ parentPath, path, name }) => `${parentPath ?? path}/${name}`.slice(root.length))
}

/** What dist/ is made of, and what it holds now: who has changed either builds it anew. @param {string} preset */
async function stampOf(preset) {
  const module = (await readdir(`${root}build/${preset}`).catch(() => [])).filter((name) => name.startsWith('wsmq'))
  const sources = [...(await filesBelow('js/')), ...(await filesBelow('wasm/')), 'package.json', 'package-lock.json']
  const hash = createHash('sha256').update(preset)
  for (const file of [...sources, ...module.map((name) => `build/${preset}/${name}`)].sort())
    hash.update(`\0${file}\0`).update(await readFile(root + file))
  for (const file of (await filesBelow('dist/')).sort()) {
    const { size, mtimeMs } = await stat(root + file)
    hash.update(`\0${file} ${size} ${mtimeMs}`)
  }
  return hash.digest('hex')
}

/** Whether dist/ is what buildPackage() made of the present sources. @param {string} preset */
export async function isPackageBuilt(preset) {
  const [before, now] = await Promise.all([readFile(stamp, 'utf8').catch(() => ''), stampOf(preset)])
  return before === now
}

/** Notes that it is. @param {string} preset */
export async function notePackage(preset) {
  await writeFile(stamp, await stampOf(preset))
}
