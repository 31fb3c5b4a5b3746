// The reference of the C++ headers: a page for each, from what Doxygen reads there.
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { dirname, relative } from 'node:path'
import { slugify } from '../.vitepress/markdown.mjs'
import { attribute, child, children, readXml, textOf } from './xml.mjs'
import { codeOf, descriptionOf } from './doxygen.mjs'

/** @typedef {import('./xml.mjs').Element} Element */
/** @typedef {{ header: string, line: number, text: string }} Section */

/** Where the public headers of each library are. @type {Record<string, string>} */
export const libraries = {
  core: 'core/include/',
  native: 'native/include/',
  'native messaging': 'native/messaging/include/',
  messaging: 'messaging/include/',
}

/** What Doxygen is told, on its standard input. @param {string} root @param {string} folder for its output */
export function doxygenOptions(root, folder) {
  const options = {
    INPUT: Object.values(libraries)
      .map((path) => `"${root}${path}"`)
      .join(' '),
    OUTPUT_DIRECTORY: `"${folder}"`,
    FILE_PATTERNS: '*.hpp',
    PREDEFINED: '"WSMQ_EXPORT=" "WSMQ_HIDDEN="',
    ...{ RECURSIVE: 'YES', EXTRACT_ALL: 'YES', MACRO_EXPANSION: 'YES', EXPAND_ONLY_PREDEF: 'YES', QUIET: 'YES', WARNINGS: 'NO' },
    ...{ GENERATE_HTML: 'NO', GENERATE_LATEX: 'NO', GENERATE_XML: 'YES', XML_PROGRAMLISTING: 'NO' },
  }
  return Object.entries(options)
    .map(([name, value]) => `${name}=${value}\n`)
    .join('')
}

/**
 * @param {string} root of the repository
 * @param {string} xml Doxygen's output
 * @param {string} to docs/reference/cpp/
 */
export async function describeHeaders(root, xml, to) {
  const compounds = await readCompounds(xml)
  const places = placesOf(compounds, root)
  await rm(to, { recursive: true, force: true })
  for (const header of new Set([...places.values()].map((place) => place.header))) {
    const page = pageOf(header)
    const link = linksFrom(page, places)
    const sections = compounds.flatMap((compound) => sectionsOf(compound, root, link)).filter((each) => each.header === header)
    sections.sort((a, b) => a.line - b.line)
    const intro = introduction(await readFile(root + header, 'utf8'))
    const name = header.replace(/^.*\/include\//, '')
    await mkdir(dirname(to + page), { recursive: true })
    await writeFile(
      to + page,
      `# ${name}\n\n\`\`\`cpp\n#include <${name}>\n\`\`\`\n\n${intro}\n${sections.map(({ text }) => text).join('\n')}`,
    )
  }
}

/** @param {string} header @returns {string} where its page is, in docs/reference/cpp/ */
function pageOf(header) {
  const [library = '', path = ''] = Object.entries(libraries).find(([, path]) => header.startsWith(path)) ?? []
  return `${library.replace(' ', '-')}/${header
    .slice(path.length)
    .replace(/^wsmq\/(?:native\/|messaging\/)?/, '')
    .replace('.hpp', '.md')}`
}

/** @param {string} xml */
async function readCompounds(xml) {
  const index = await readXml(`${xml}/index.xml`)
  const wanted = children(child(index, 'doxygenindex'), 'compound').filter((compound) => {
    const name = textOf(child(compound, 'name'))
    const isOurs = name.startsWith('wsmq') && !/::detail\b|</.test(name)
    return isOurs && ['class', 'struct', 'namespace', 'concept'].includes(attribute(compound, 'kind'))
  })
  const read = wanted.map(async (compound) =>
    child(child(await readXml(`${xml}/${attribute(compound, 'refid')}.xml`), 'doxygen'), 'compounddef'),
  )
  return (await Promise.all(read)).filter((compound) => attribute(compound, 'prot') !== 'private')
}

/** @param {Element} element @param {string} root */
function locationOf(element, root) {
  const location = child(element, 'location')
  return { header: attribute(location, 'file').replace(root, ''), line: Number(attribute(location, 'line')) }
}

/** @param {Element} compound */
const isNamespace = (compound) => attribute(compound, 'kind') === 'namespace'

/** `Client::Prepared` of `wsmq::Client::Prepared`. @param {Element} compound */
const nameOf = (compound) => textOf(child(compound, 'compoundname')).replace(/^wsmq::(?:(?:native|messaging)::)?/, '')

/** What readers may see. @param {Element} compound */
function membersOf(compound) {
  return children(compound, 'sectiondef')
    .flatMap((section) => children(section, 'memberdef'))
    .filter((member) => attribute(member, 'prot') === 'public' && !['friend', 'define'].includes(attribute(member, 'kind')))
}

/** Where each identifier of Doxygen's is described. @param {readonly Element[]} compounds @param {string} root */
function placesOf(compounds, root) {
  /** @type {Map<string, { header: string, name: string }>} */
  const places = new Map()
  for (const compound of compounds) {
    const whole = { header: locationOf(compound, root).header, name: nameOf(compound) }
    if (!isNamespace(compound)) places.set(attribute(compound, 'id'), whole)
    for (const member of membersOf(compound)) {
      const own = { header: locationOf(member, root).header, name: textOf(child(member, 'name')) }
      places.set(attribute(member, 'id'), isNamespace(compound) ? own : whole)
    }
  }
  return places
}

/** @param {string} page @param {ReturnType<typeof placesOf>} places @returns {(id: string) => string | undefined} */
function linksFrom(page, places) {
  return (id) => {
    const place = places.get(id)
    if (place === undefined) return undefined
    const to = relative(dirname(page), pageOf(place.header))
    return `${to}#${slugify(place.name)}`
  }
}

/** The classes, and what is in namespaces, each with its place. @param {Element} compound @param {string} root @param {(id: string) => string | undefined} link @returns {Section[]} */
function sectionsOf(compound, root, link) {
  const members = membersOf(compound)
  if (isNamespace(compound))
    return members.map((member) => section(member, root, `## ${textOf(child(member, 'name'))}\n\n${memberText(member, link)}`))
  const [told, untold] = [members.filter((member) => isDescribed(member)), members.filter((member) => !isDescribed(member))]
  const synopsis = untold.length > 0 ? `\`\`\`cpp\n${untold.map(codeOf).join('\n')}\n\`\`\`\n\n` : ''
  const details = told.map((member) => `### ${escapeHeading(textOf(child(member, 'name')))}\n\n${memberText(member, link)}`).join('\n')
  const name = nameOf(compound)
  const head = `## ${escapeHeading(name)}\n\n\`\`\`cpp\n${attribute(compound, 'kind')} ${textOf(child(compound, 'compoundname'))}\n\`\`\`\n\n`
  return [section(compound, root, `${head}${descriptionOf(compound, link)}\n\n${synopsis}${details}`)]
}

/** @param {Element} element @param {string} root @param {string} text @returns {Section} */
function section(element, root, text) {
  return { ...locationOf(element, root), text: `${text.trim()}\n` }
}

/** @param {Element} member @param {(id: string) => string | undefined} link */
const memberText = (member, link) => `\`\`\`cpp\n${codeOf(member)}\n\`\`\`\n\n${descriptionOf(member, link)}\n`

/** @param {Element} member */
const isDescribed = (member) => descriptionOf(member, () => undefined) !== '' || attribute(member, 'kind') === 'enum'

/** @param {string} name */
const escapeHeading = (name) => name.replaceAll('<', '&lt;').replaceAll('*', '\\*').replaceAll('_', '\\_')

/** The comment at the head of a file. @param {string} source */
function introduction(source) {
  const [comment = ''] = /^(?:\/\/.*\n)*/.exec(source) ?? []
  return comment
    .replace(/^\/\/ ?/gm, '')
    .replaceAll('<', '&lt;')
    .replaceAll('{{', '&#123;&#123;')
}
