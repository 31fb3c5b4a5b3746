// Links of README.md and docs/ lead somewhere; on npm, which resolves those of README.md by the repository that
// package.json names, as well.
import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { it } from 'node:test'
import { root } from '../../scripts/lib/root.mjs'
import { slugify } from '../../docs/site/.vitepress/markdown.mjs'
import { pages } from './blocks.mjs'

for (const file of await pages())
  it(`${file}: every relative link leads to a file`, async () => {
    const text = (await readFile(root + file, 'utf8')).replace(/^```.*?^```$/gms, '')
    const links = [...text.matchAll(/\]\(([^)\s]+)\)/g)].map(([, link = '']) => link).filter((link) => !/^(?:[a-z]+:|#)/.test(link))
    for (const link of links) assert.ok(existsSync(join(root, dirname(file), link.replace(/#.*/, ''))), link)
  })

for (const file of await pages())
  it(`${file}: every anchor is there`, async () => {
    const text = (await readFile(root + file, 'utf8')).replace(/^```.*?^```$/gms, '')
    for (const [, path = '', anchor = ''] of text.matchAll(/\]\(([^):#\s]*)#([^)\s]+)\)/g)) {
      const target = path === '' ? file : join(dirname(file), path)
      if (target.endsWith('.md')) assert.ok((await anchorsOf(target)).includes(anchor), `${path}#${anchor}`)
    }
  })

/** As GitHub makes them. @param {string} file */
async function anchorsOf(file) {
  const text = (await readFile(root + file, 'utf8')).replace(/^```.*?^```$/gms, '')
  const slugs = [...text.matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) =>
    slugify(heading.replaceAll('`', '').replace(/\[([^\]]*)\]\([^)]*\)/g, '$1')),
  )
  return slugs.map((slug, index) => {
    const before = slugs.slice(0, index).filter((other) => other === slug).length
    return before === 0 ? slug : `${slug}-${before}`
  })
}

it('npm can resolve them', async () => {
  const { homepage, repository } = JSON.parse(await readFile(`${root}package.json`, 'utf8'))
  assert.match(repository.url, /^git\+https:\/\/github\.com\/[\w-]+\/[\w-]+\.git$/)
  assert.ok(homepage.startsWith(repository.url.slice('git+'.length, -'.git'.length)))
})
