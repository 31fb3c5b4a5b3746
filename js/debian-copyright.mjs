// Reads what Debian says of a package's licences, in its machine-readable format (DEP 5): paragraphs of fields, of which
// some are about files, and others are the texts of licences.
import { existsSync, readFileSync } from 'node:fs'

/** @typedef {Record<string, string>} Paragraph */

/**
 * The copyright and the licences of what the patterns name.
 * @param {string} text of the file
 * @param {readonly string[]} patterns as in its `Files`; one that ends with * stands for those that begin so
 */
export function describe(text, patterns) {
  const paragraphs = text.split(/\n(?:[ \t]*\n)+/).map(parse)
  const about = paragraphs.filter(({ Files = '' }) => Files.split(/\s+/).some((each) => patterns.some((pattern) => covers(pattern, each))))
  if (about.length === 0) throw new Error(`There is nothing about ${patterns.join(', ')}.`)
  const names = [...new Set(about.flatMap(({ License = '' }) => (License.split('\n')[0] ?? '').split(/ (?:or|and|with) /)))]
  const texts = paragraphs.filter(({ Files, License = '' }) => Files === undefined && names.includes(License.split('\n')[0] ?? ''))
  const told = [
    ...about.map(({ Files, Copyright = '', License = '' }) => `Files: ${Files}\nCopyright: ${Copyright}\nLicense: ${License}`),
    ...texts.map(({ License = '' }) => `License: ${License}`),
    ...names.flatMap(commonLicence),
  ]
  return told.join('\n\n')
}

/** @param {string} pattern @param {string} files */
const covers = (pattern, files) =>
  pattern === files || (pattern.length > 1 && pattern.endsWith('*') && files.startsWith(pattern.slice(0, -1)))

/** @param {string} paragraph @returns {Paragraph} */
function parse(paragraph) {
  const fields = paragraph.split(/\n(?=\S)/).map((field) => {
    const colon = field.indexOf(':')
    const value = field.slice(colon + 1).replaceAll(/\n[ \t]+\.?(?=\n|$)/g, '\n')
    return [field.slice(0, colon), value.replaceAll(/\n[ \t]/g, '\n').trim()]
  })
  return Object.fromEntries(fields)
}

/** Long texts that Debian keeps in one place. @param {string} name */
function commonLicence(name) {
  const file = `/usr/share/common-licenses/${name}`
  return existsSync(file) ? [readFileSync(file, 'utf8').trimEnd()] : []
}
