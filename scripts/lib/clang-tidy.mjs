import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { availableParallelism } from 'node:os'
import { dirname } from 'node:path'
import { sourceFiles } from './files.mjs'
import { root } from './root.mjs'
import { forEach, run } from './run.mjs'

const directory = `${root}build/clang-tidy`
/**
 * The folders, and the checks that they go without. The static analyzer takes half a minute for a file that includes Asio,
 * which is too long for every run. clang-tidy 14 takes a parameter that a template moves from for a needless copy, and knows no
 * coroutines of GCC's library, which most of native/command has.
 */
const areas = [
  { folders: ['core', 'messaging', 'native/store'], without: [] },
  {
    folders: ['native/client', 'native/command/messages', 'native/command/text', 'native/messaging', 'native/transport'],
    without: ['clang-analyzer-*', 'performance-unnecessary-value-param'],
  },
]
/** Not in one unit with others of its folder: their headers clash (native/CMakeLists.txt). */
const apart = ['native/transport/acknowledged_bytes.cpp']
// The compiler of the debug preset knows warnings that clang does not. Its warning costs nothing, unlike the check for the same.
const always = ['-p', directory, '--quiet', '--extra-arg=-Wno-unknown-warning-option', '--extra-arg=-Wreserved-identifier']

/** @typedef {{ file: string, stamp: string }} Source `stamp`: exists if it was clean as it is */
/** @typedef {{ name: string, sources: Source[], without: string[] }} Unit files that are checked together */

/**
 * Runs clang-tidy on these sources, as the debug preset compiles them. Most of its time goes into the headers, so the files of
 * a folder are checked as one unit. A file is skipped if neither it nor any header nor the settings have changed since it was
 * last clean.
 */
export async function runClangTidy() {
  await mkdir(directory, { recursive: true })
  const shared = await digest(['.clang-tidy', ...(await sourceFiles(['core', 'messaging', 'native'], /\.hpp$/))])
  /** @type {Map<string, Unit>} */
  const units = new Map()
  const counts = { passed: 0, failed: 0, skipped: 0, output: '' }
  for (const { folders, without } of areas) {
    for (const file of await sourceFiles(folders, /\.cpp$/)) {
      const source = { file, stamp: `${directory}/${await digest([file], shared + without.join())}` }
      if (existsSync(source.stamp)) counts.passed += 1
      else add(units, apart.includes(file) ? file : dirname(file), source, without)
    }
  }
  await describeUnits([...units.values()])
  await forEach([...units.values()], availableParallelism(), async (unit) => {
    const { passed, failed, output } = await checkUnit(unit)
    counts.passed += passed
    counts.failed += failed
    counts.output += output
  })
  return counts
}

/** @param {Map<string, Unit>} units @param {string} name @param {Source} source @param {string[]} without */
function add(units, name, source, without) {
  const unit = units.get(name) ?? { name, sources: [], without }
  unit.sources.push(source)
  units.set(name, unit)
}

/** @param {string} name */
const fileOf = (name) => `${directory}/${name.replaceAll('/', '-').replace(/\.cpp$/, '')}.cpp`

/** Writes the units and how they and their files are compiled. @param {readonly Unit[]} units */
async function describeUnits(units) {
  /** @type {{ directory: string, command: string, file: string }[]} */
  const compiled = JSON.parse(await readFile(`${root}build/debug/compile_commands.json`, 'utf8'))
  const described = [...compiled]
  for (const unit of units) {
    const first = compiled.find(({ file }) => file === root + unit.sources[0]?.file)
    if (!first) continue // The preset does not compile it, which clang-tidy says.
    const file = fileOf(unit.name)
    await writeFile(file, unit.sources.map(({ file }) => `#include "${root}${file}"\n`).join(''))
    described.push({ ...first, file, command: first.command.replaceAll(first.file, file) })
  }
  await writeFile(`${directory}/compile_commands.json`, JSON.stringify(described))
}

/** @param {Unit} unit */
async function checkUnit({ name, sources, without }) {
  const { code, output } =
    sources.length > 1
      ? await clangTidy(fileOf(name), [...without, 'bugprone-suspicious-include']) // a unit includes sources
      : await clangTidy(sources[0]?.file ?? '', without)
  if (code === 0) {
    for (const { stamp } of sources) await writeFile(stamp, '')
    return { passed: sources.length, failed: 0, output: '' }
  }
  if (sources.length === 1) return { passed: 0, failed: 1, output }
  // Which of them, and whether only their names clash.
  const each = { passed: 0, failed: 0, output: '' }
  for (const source of sources) {
    const { passed, failed, output } = await checkUnit({ name: source.file, sources: [source], without })
    each.passed += passed
    each.failed += failed
    each.output += output
  }
  return each
}

/** @param {string} file @param {readonly string[]} without */
const clangTidy = (file, without) => run('clang-tidy-14', [...always, `--checks=${without.map((check) => `-${check}`).join()}`, file])

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
