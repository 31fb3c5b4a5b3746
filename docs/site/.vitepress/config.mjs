// The site of docs/: npm run docs. Its pages are read on GitHub as well, and have nothing that only VitePress knows.
import { defineConfig } from 'vitepress'
import { sidebar } from './audiences.mjs'
import { diagrams, linksToTheRepository, repository, slugify } from './markdown.mjs'

export default defineConfig({
  title: 'websocket-mq',
  description: 'MQTT for web pages: a C++ engine compiled to WebAssembly, with presence, requests and rooms on top',
  lang: 'en',
  base: process.env['DOCS_BASE'] ?? '/',
  srcDir: '..',
  outDir: '../../build/site',
  cacheDir: '../../build/site-cache',
  rewrites: { 'site/index.md': 'index.md' },
  metaChunk: true,
  head: [['link', { rel: 'icon', href: `${process.env['DOCS_BASE'] ?? '/'}icon.svg` }]],
  markdown: {
    anchor: { slugify },
    headers: { slugify },
    toc: { slugify },
    theme: { light: 'github-light-high-contrast', dark: 'github-dark-high-contrast' },
    config(markdown) {
      linksToTheRepository(markdown)
      diagrams(markdown)
    },
  },
  // What is generated is edited elsewhere.
  transformPageData: ({ relativePath, frontmatter }) => {
    if (relativePath.startsWith('reference/')) frontmatter['editLink'] = false
  },
  vite: { publicDir: 'site/public', build: { chunkSizeWarningLimit: 10_000 } },
  themeConfig: {
    nav: [
      { text: 'Quick start', link: '/quick-start' },
      { text: 'API', link: '/api' },
      { text: 'Comparison', link: '/comparison' },
      { text: 'Operators', link: '/deployment' },
    ],
    sidebar: sidebar(),
    outline: [2, 3],
    search: { provider: 'local' },
    socialLinks: [{ icon: 'github', link: repository }],
    editLink: { pattern: `${repository}/edit/main/docs/:path`, text: 'Edit this page' },
  },
})
