// The reference of each entry of the package, from its declarations.
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { Application } from 'typedoc'
import { slugify } from '../.vitepress/markdown.mjs'

/** @param {string} root of the repository @returns {Promise<{ entry: string, types: string }[]>} what can be imported */
async function entries(root) {
  const { name, exports } = JSON.parse(await readFile(`${root}package.json`, 'utf8'))
  return Object.entries(exports).flatMap(([path, { import: imported, types = imported?.types }]) =>
    types === undefined ? [] : [{ entry: path.replace('.', name), types: types.replace('./', root) }],
  )
}

/** @param {string} entry */
const fileOf = (entry) => entry.replaceAll('/', '-')

/**
 * @param {string} root of the repository, whose dist/ is built
 * @param {string} to docs/reference/javascript/
 */
export async function describePackage(root, to) {
  const folder = `${root}build/site-entries/`
  await rm(folder, { recursive: true, force: true })
  await mkdir(folder, { recursive: true })
  const compilerOptions = {
    target: 'es2022',
    module: 'esnext',
    moduleResolution: 'bundler',
    lib: ['es2023', 'dom'],
    types: [],
    skipLibCheck: true,
    strict: true,
  }
  await writeFile(`${folder}tsconfig.json`, JSON.stringify({ compilerOptions, include: ['*.ts'] }))
  const all = await entries(root)
  // Entries that only set a global, and the file of a worker, export nothing that could be described.
  const described = all.filter(({ entry }) => !/\.js$|\/worker$/.test(entry))
  for (const { entry, types } of described) {
    const path = types.replace(/\.d\.ts$/, '.js')
    const isModule = entry.includes('/module')
    await writeFile(
      `${folder}${fileOf(entry)}.ts`,
      `/** @module ${entry} */\nexport * from '${path}'\n${isModule ? `export { default } from '${path}'\n` : ''}`,
    )
  }
  const application = await Application.bootstrapWithPlugins({
    plugin: ['typedoc-plugin-markdown'],
    entryPoints: described.map(({ entry }) => `${folder}${fileOf(entry)}.ts`),
    tsconfig: `${folder}tsconfig.json`,
    readme: 'none',
    outputs: [{ name: 'markdown', path: to }],
    logLevel: 'Warn',
    disableSources: true,
    excludePrivate: true,
    excludeInternal: true,
    excludeExternals: false,
    githubPages: false,
    validation: { notExported: false, invalidLink: false, notDocumented: false, rewrittenLink: false, unusedMergeModuleWith: false },
    // Of the plugin.
    .../** @type {object} */ ({
      outputFileStrategy: 'modules',
      hidePageHeader: true,
      hideBreadcrumbs: true,
      hideGroupHeadings: false,
      useCodeBlocks: true,
      expandObjects: false,
      sanitizeComments: true,
      useHTMLEncodedBrackets: true,
      parametersFormat: 'table',
      enumMembersFormat: 'table',
      entryFileName: 'index',
      modulesFileName: 'index',
      flattenOutputFiles: true,
      pageTitleTemplates: { module: '{name}' },
    }),
  })
  const project = await application.convert()
  if (project === undefined) throw new Error('TypeDoc could not read the declarations in dist/.')
  await rm(to, { recursive: true, force: true })
  await application.generateOutputs(project)
  await mendAnchors(to)
  if (application.logger.hasErrors()) throw new Error('TypeDoc has found errors; they are above.')
}

/** The plugin numbers some anchors that occur once. @param {string} folder */
async function mendAnchors(folder) {
  const files = (await readdir(folder)).filter((file) => file.endsWith('.md'))
  const pages = await Promise.all(files.map(async (file) => ({ file, text: await readFile(folder + file, 'utf8') })))
  const headings = Object.fromEntries(
    pages.map(({ file, text }) => [file, [...text.matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) => slugify(heading))]),
  )
  for (const { file, text } of pages) {
    const mended = text.replace(/\]\(([\w.-]*)#([\w-]+)-(\d+)\)/g, (link, page, anchor, number) => {
      const count = headings[page || file]?.filter((heading) => heading === anchor).length ?? 0
      return count > 0 && count <= Number(number) ? `](${page}#${anchor})` : link
    })
    await writeFile(folder + file, mended)
  }
}
