// Pages at the root of the repository, whose links are written for that place.
import { mkdir, readFile, writeFile } from 'node:fs/promises'

const pages = { 'CONTRIBUTING.md': 'contributing.md', 'CHANGELOG.md': 'changelog.md', 'SECURITY.md': 'security-policy.md' }

/** @param {string} root of the repository @param {string} to docs/reference/ */
export async function copyPages(root, to) {
  await mkdir(to, { recursive: true })
  for (const [from, name] of Object.entries(pages)) {
    const text = (await readFile(root + from, 'utf8')).replace(/\]\((?!#|[a-z]+:)([^)\s]+)\)/g, (_, link) => `](${fromReference(link)})`)
    await writeFile(to + name, text)
  }
}

/** @param {string} link seen from the root */
function fromReference(link) {
  const [path = '', anchor] = link.split('#')
  const here = pages[/** @type {keyof typeof pages} */ (path)]
  const elsewhere = path.startsWith('docs/') ? path.replace('docs/', '../') : `../../${path}`
  return `${here ?? elsewhere}${anchor ? `#${anchor}` : ''}`
}
