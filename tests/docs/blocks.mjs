// The code of README.md and docs/.
import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { sourceFiles } from '../../scripts/lib/files.mjs'
import { root } from '../../scripts/lib/root.mjs'

/** @typedef {{ file: string, line: number, language: string, code: string }} Block */

/** README.md and all pages of docs/. @returns {Promise<string[]>} */
export async function pages() {
  return (await sourceFiles(['README.md', 'docs'], /\.md$/)).filter((file) => existsSync(root + file))
}

/** @returns {Promise<Block[]>} */
export async function codeBlocks() {
  return (await Promise.all((await pages()).map(async (file) => blocksOf(file, await readFile(root + file, 'utf8'))))).flat()
}

/** @param {string} file @param {string} text @returns {Block[]} */
function blocksOf(file, text) {
  return [...text.matchAll(/^```(\w+)\n(.*?)^```$/gms)].map(({ 1: language = '', 2: code = '', index }) => ({
    file,
    line: text.slice(0, index).split('\n').length + 1,
    language,
    code,
  }))
}

/**
 * The name that a block has for other blocks of its page: in a comment, which is its first line.
 * @param {string} code
 */
export const nameOf = (code) => /^\n*(?:\/\/|<!--) ([\w.-]+\.(?:tsx?|vue|svelte))(?: -->)?\n/.exec(code)?.[1]

/**
 * Scripts: a block that imports or requires something begins one, and those behind it go on with it. Blank lines stand for what is
 * between, so that the compiler names the right line of the file.
 * @param {readonly Block[]} blocks
 */
export function scripts(blocks) {
  /** @type {{ file: string, language: string, code: string }[]} */
  const found = []
  for (const { file, line, language, code } of blocks) {
    if (!['ts', 'js', 'tsx'].includes(language)) continue
    const last = found.at(-1)
    if (last?.file === file && !/^import |\brequire\(/m.test(code)) last.code += padded(last.code, line, code)
    else found.push({ file, language, code: padded('', line, code) })
  }
  return found
}

/** @param {string} before @param {number} line @param {string} code */
function padded(before, line, code) {
  return '\n'.repeat(Math.max(0, line - before.split('\n').length)) + code
}
