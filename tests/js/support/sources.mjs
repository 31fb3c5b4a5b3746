// The TypeScript sources, compiled one by one, for tests that look at a single part.
import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { mkdtemp, readdir, readFile, rename, rm } from 'node:fs/promises'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { build } from 'esbuild'

const root = fileURLToPath(new URL('../../../', import.meta.url))
const source = `${root}js/src/`

/**
 * @param {string} path below js/src, without its ending
 * @param {string} [copy] names another instance of that one file
 */
export async function importSource(path, copy = '') {
  compiled ??= compile()
  return import(`${pathToFileURL(`${await compiled}/${path}.js`).href}${copy && `?${copy}`}`)
}

/** @type {Promise<string> | undefined} */
let compiled

/** Each test file is a process of its own: whoever is first leaves the result for the others. */
async function compile() {
  const files = (await readdir(source, { recursive: true })).filter((name) => name.endsWith('.ts')).sort()
  const hash = createHash('sha256')
  for (const file of files) hash.update(file).update(await readFile(source + file))
  const folder = `${root}build/js-sources/${hash.digest('hex').slice(0, 16)}`
  if (existsSync(folder)) return folder
  const { mkdir } = await import('node:fs/promises')
  await mkdir(`${root}build/js-sources`, { recursive: true })
  const draft = await mkdtemp(`${root}build/js-sources/draft-`)
  await build({
    entryPoints: files.map((file) => source + file),
    outdir: draft,
    outbase: source,
    format: 'esm',
    target: 'es2022',
    sourcemap: 'inline',
  })
  await rename(draft, folder).catch(() => rm(draft, { recursive: true }))
  return folder
}
