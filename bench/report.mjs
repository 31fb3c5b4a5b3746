// docs/performance.md: the text is written by hand, the tables between the marks are not.
import { readFile, writeFile } from 'node:fs/promises'
import { availableParallelism, cpus, totalmem } from 'node:os'

const file = new URL('../docs/performance.md', import.meta.url)

/** @param {Record<string, string>} parts the text between `<!-- name -->` and `<!-- /name -->` */
export async function writeReport(parts) {
  let text = await readFile(file, 'utf8')
  for (const [name, content] of Object.entries(parts)) {
    const from = text.indexOf(`<!-- ${name} -->`)
    const to = text.indexOf(`<!-- /${name} -->`)
    if (from < 0 || to < from) throw new Error(`docs/performance.md has no marks for "${name}".`)
    text = `${text.slice(0, from)}<!-- ${name} -->\n\n${content}\n\n${text.slice(to)}`
  }
  await writeFile(file, text)
}

/** @param {string} versions of what is measured @param {number} rounds */
export function conditions(versions, rounds) {
  const model = cpus()[0]?.model ?? 'an unknown processor'
  const memory = Math.round(totalmem() / 2 ** 30)
  const date = new Date().toISOString().slice(0, 10)
  return `${date}, ${versions}, ${process.platform} ${process.arch}, ${availableParallelism()} processors (${model}), ${memory} GiB, medians of ${rounds} rounds.`
}
