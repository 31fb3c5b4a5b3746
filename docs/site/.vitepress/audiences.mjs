// Who reads which page. A page of docs/ that is not listed comes last among those of its folder's audience.
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const docs = fileURLToPath(new URL('../../', import.meta.url))

/** Pages by their path in docs/, without ".md". */
const audiences = [
  {
    text: 'Front end',
    pages: [
      'quick-start',
      'demo',
      'api',
      'frameworks',
      'testing',
      'doctor',
      'comparison',
      'performance',
      'migrating-from-paho',
      'migrating-from-mqttjs',
    ],
    // What is not listed anywhere.
    takesOthers: true,
  },
  { text: 'Recipes', pages: folder('recipes') },
  { text: 'Backends', pages: ['services', 'native', 'installing', 'command', 'protocol'] },
  { text: 'Operators', pages: ['deployment', 'operations', 'troubleshooting', 'brokers', 'scaling', 'clusters', 'security'] },
  { text: 'Contributors', pages: ['design', 'reference/contributing', 'reference/changelog', 'reference/security-policy'] },
]

/** @param {string} path a folder in docs/ @returns {string[]} its pages */
function folder(path) {
  if (!existsSync(docs + path)) return []
  const files = readdirSync(docs + path, { recursive: true }).map((file) => `${path}/${file}`.replaceAll('\\', '/'))
  return files
    .filter((file) => file.endsWith('.md'))
    .map((file) => file.slice(0, -'.md'.length))
    .sort()
}

/** Its first heading, as text. @param {string} page */
function titleOf(page) {
  const [, heading = page] = /^# (.+)$/m.exec(readFileSync(`${docs}${page}.md`, 'utf8')) ?? []
  return heading.replaceAll('`', '').replaceAll('\\', '')
}

/** @param {string} page */
const item = (page) => ({ text: titleOf(page), link: `/${page}` })

/** The pages that exist, for the sidebar of VitePress. */
export function sidebar() {
  const listed = audiences.flatMap(({ pages }) => pages)
  const others = readdirSync(docs)
    .filter((file) => file.endsWith('.md'))
    .map((file) => file.slice(0, -'.md'.length))
    .filter((page) => !listed.includes(page))
  return [
    ...audiences.map(({ text, pages, takesOthers }) => {
      const all = takesOthers ? [...pages, ...others] : pages
      return { text, items: all.filter((page) => existsSync(`${docs}${page}.md`)).map(item) }
    }),
    { text: 'JavaScript reference', collapsed: true, items: folder('reference/javascript').map(item) },
    ...libraries(),
  ].filter(({ items }) => items.length > 0)
}

/** The C++ reference has a group for each library. */
function libraries() {
  const names = new Set(folder('reference/cpp').map((page) => page.split('/').slice(0, -1).join('/')))
  const items = [...names].map((path) => ({ text: path.replace('reference/cpp/', ''), collapsed: true, items: folder(path).map(item) }))
  return items.length > 0 ? [{ text: 'C++ reference', collapsed: true, items }] : []
}
