import { readFile } from 'node:fs/promises'
import { sourceFiles } from './files.mjs'
import { root } from './root.mjs'

/**
 * Paragraphs, list items and headings that occur more than once. Short ones may be repeated: a heading such as "Options"
 * says little on its own. Tables and code are ignored.
 * @param {Record<string, string>} pages their Markdown by name
 * @returns {string[]} a sentence about each
 */
export function doubledPassages(pages) {
  /** @type {Map<string, string[]>} */
  const places = new Map()
  for (const [page, text] of Object.entries(pages)) {
    const prose = text.replace(/^(`{3,}|~{3,}).*\n[^]*?^\1.*$/gm, '\n')
    for (const passage of prose.split(/\n\s*\n|\n(?=\s*(?:[-*]|\d+\.) )/)) {
      const words = passage.replace(/\s+/g, ' ').trim()
      const isHeading = words.startsWith('#')
      if (words.startsWith('|') || (words.length < 80 && !isHeading)) continue
      const key = isHeading ? `${page} ${words}` : words
      places.set(key, [...(places.get(key) ?? []), page])
    }
  }
  return [...places]
    .filter(([, pages]) => pages.length > 1)
    .map(
      ([key, pages]) =>
        `"${key.slice(key.startsWith(`${pages[0]} #`) ? `${pages[0]} `.length : 0, 100)}" is repeated: ${pages.join(', ')}.`,
    )
}

/** As a step of a report: docs/ and the pages at the root. */
export async function checkDocs() {
  const files = await sourceFiles(['docs', '*.md', 'demo/backends'], /\.md$/)
  const pages = Object.fromEntries(await Promise.all(files.map(async (file) => [file, await readFile(root + file, 'utf8')])))
  // The README of each service stands alone, and a changelog describes similar changes in similar words.
  const read = Object.fromEntries(Object.entries(pages).filter(([file]) => !/^demo\/|^CHANGELOG/.test(file)))
  const doubled = doubledPassages(read)
  return { passed: doubled.length === 0 ? 1 : 0, failed: doubled.length === 0 ? 0 : 1, skipped: 0, output: doubled.join('\n') }
}
