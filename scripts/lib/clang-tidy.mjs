import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { availableParallelism } from 'node:os'
import { sourceFiles } from './files.mjs'
import { root } from './root.mjs'
import { forEach, run } from './run.mjs'

/**
 * The folders to check, each with further options. The static analyzer takes half a minute for a file that includes Asio,
 * which is too long for every run. clang-tidy 14 takes a parameter that a template moves from for a needless copy.
 */
const areas = [
  { folders: ['core', 'messaging', 'native/store'], options: [] },
  {
    folders: ['native/client', 'native/messaging', 'native/transport'],
    options: ['--checks=-clang-analyzer-*,-performance-unnecessary-value-param'],
  },
]

/**
 * Runs clang-tidy on these sources, as the debug preset compiles them. A file takes seconds, so it is skipped if neither it
 * nor any header nor the settings have changed since it was last clean.
 */
export async function runClangTidy() {
  const clean = `${root}build/clang-tidy`
  await mkdir(clean, { recursive: true })
  const shared = await digest(['.clang-tidy', ...(await sourceFiles(['core', 'messaging', 'native'], /\.hpp$/))])
  /** @type {{ file: string, options: string[] }[]} */
  const queue = []
  for (const { folders, options } of areas) {
    for (const file of await sourceFiles(folders, /\.cpp$/)) queue.push({ file, options })
  }
  const counts = { passed: 0, failed: 0, skipped: 0, output: '' }

  // The compiler of the debug preset knows warnings that clang does not.
  const always = ['-p', 'build/debug', '--quiet', '--extra-arg=-Wno-unknown-warning-option']
  await forEach(queue, availableParallelism(), async ({ file, options }) => {
    const stamp = `${clean}/${await digest([file], shared + options.join())}`
    if (!existsSync(stamp)) {
      const { code, output } = await run('clang-tidy-14', [...always, ...options, file])
      if (code !== 0) {
        counts.failed += 1
        counts.output += output
        return
      }
      await writeFile(stamp, '')
    }
    counts.passed += 1
  })
  return counts
}

/**
 * @param {readonly string[]} files
 * @param {string} [salt]
 */
async function digest(files, salt = '') {
  const hash = createHash('sha256').update(salt)
  for (const file of files) {
    if (existsSync(root + file)) hash.update(file).update(await readFile(root + file))
  }
  return hash.digest('hex')
}
