// What GitHub does with the pages of docs/, so that they are the same in both places.
import { statSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'

const docs = fileURLToPath(new URL('../../', import.meta.url))
const root = fileURLToPath(new URL('../../../', import.meta.url))
export const repository = 'https://github.com/websocket-mq/websocket-mq'

/** The anchor of a heading. @param {string} heading */
export function slugify(heading) {
  return heading
    .trim()
    .toLowerCase()
    .replace(/[^\p{L}\p{M}\p{N}\p{Pc} -]/gu, '')
    .replaceAll(' ', '-')
}

/**
 * Links to files outside of docs/, and to folders, lead to the repository. All others are checked by VitePress.
 * @param {import('vitepress').MarkdownRenderer} markdown
 */
export function linksToTheRepository(markdown) {
  markdown.core.ruler.push('links to the repository', ({ tokens, env }) => {
    for (const token of tokens.flatMap(({ children }) => children ?? [])) {
      const href = token.type === 'link_open' ? String(token.attrGet('href')) : ''
      if (!/^(?!\/|#|[a-z]+:)./.test(href)) continue
      const [path = '', anchor] = href.split('#')
      // `realPath` is there where a page is served under another name.
      const target = join(dirname(env.realPath ?? env.path), path)
      const isFolder = statSync(target, { throwIfNoEntry: false })?.isDirectory() ?? false
      if (target.startsWith(docs) && !isFolder) continue
      const inRepository = relative(root, target).replaceAll('\\', '/')
      token.attrSet('href', `${repository}/${isFolder ? 'tree' : 'blob'}/main/${inRepository}${anchor ? `#${anchor}` : ''}`)
    }
  })
}

/**
 * Blocks of mermaid become diagrams.
 * @param {import('vitepress').MarkdownRenderer} markdown
 */
export function diagrams(markdown) {
  const fence = markdown.renderer.rules.fence
  markdown.renderer.rules.fence = (tokens, index, ...rest) => {
    const { info, content } = /** @type {{ info: string, content: string }} */ (tokens[index])
    if (info.trim() !== 'mermaid') return fence?.(tokens, index, ...rest) ?? ''
    return `<Diagram text="${encodeURIComponent(content)}" />`
  }
}
