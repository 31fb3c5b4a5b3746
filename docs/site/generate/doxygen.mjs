// What Doxygen has read, as Markdown and as C++.
import { attribute, child, children, content, nameOf, textOf } from './xml.mjs'

/** @typedef {import('./xml.mjs').Element} Element */
/** @typedef {(id: string) => string | undefined} Link */

/** What is said about a class or a member. @param {Element} element @param {Link} link */
export function descriptionOf(element, link) {
  const parts = ['briefdescription', 'detaileddescription'].map((name) => blocks(child(element, name), link))
  return parts.filter((part) => part !== '').join('\n\n')
}

/** @param {Element} element @param {Link} link @returns {string} */
function blocks(element, link) {
  return content(element)
    .map((each) => (nameOf(each) === 'para' ? inline(each, link) : ''))
    .map((text) => text.trim())
    .filter((text) => text !== '')
    .join('\n\n')
}

/** @param {Element} element @param {Link} link @returns {string} */
function inline(element, link) {
  return content(element)
    .map((each) => {
      switch (nameOf(each)) {
        case '#text':
          return escape(textOf(each).replace(/\s+/g, ' '))
        case 'computeroutput':
          return code(textOf(each))
        case 'ref': {
          const target = link(attribute(each, 'refid'))
          return target === undefined ? code(textOf(each)) : `[${code(textOf(each))}](${target})`
        }
        case 'itemizedlist':
          return `\n\n${children(each, 'listitem')
            .map((item) => `- ${blocks(item, link).replaceAll('\n', '\n  ')}`)
            .join('\n')}\n\n`
        case 'simplesect':
          return `\n\n**${attribute(each, 'kind')}**: ${blocks(each, link)}\n\n`
        case 'programlisting':
          return `\n\n\`\`\`cpp\n${children(each, 'codeline').map(textOf).join('\n')}\n\`\`\`\n\n`
        default:
          return inline(each, link)
      }
    })
    .join('')
}

/** @param {string} text */
const escape = (text) =>
  text
    .replace(/[*_[\]`\\]/g, '\\$&')
    .replaceAll('<', '&lt;')
    .replaceAll('{{', '&#123;&#123;')

/** @param {string} text */
const code = (text) => `\`${text.trim()}\``

/** `std::vector<int>`, where Doxygen has blanks in it. @param {Element} element */
const typeOf = (element) => textOf(element).replaceAll('< ', '<').replaceAll(' >', '>').trim()

/** The declaration of a member. @param {Element} member @returns {string} */
export function codeOf(member) {
  const name = textOf(child(member, 'name'))
  const type = typeOf(child(member, 'type'))
  const initializer = typeOf(child(member, 'initializer'))
  const parameters = children(child(member, 'templateparamlist'), 'param')
  const template = parameters.length > 0 ? `template <${parameters.map(parameterOf).join(', ')}>\n` : ''
  switch (attribute(member, 'kind')) {
    case 'enum':
      return enumOf(member, name, type)
    case 'typedef':
      return textOf(child(member, 'definition')).startsWith('using') ? `${template}using ${name} = ${type};` : `typedef ${type} ${name};`
    case 'variable':
      return `${template}${isYes(member, 'static') ? 'static ' : ''}${type} ${name}${initializer.startsWith('=') ? ` ${initializer}` : initializer};`
    default: {
      const before = ['static', 'explicit'].filter((word) => isYes(member, word)).map((word) => `${word} `)
      const virtual = attribute(member, 'virt') === 'non-virtual' || attribute(member, 'virt') === '' ? '' : 'virtual '
      return `${template}${before.join('')}${virtual}${type ? `${type} ` : ''}${name}${typeOf(child(member, 'argsstring'))};`
    }
  }
}

/** @param {Element} member @param {string} name */
const isYes = (member, name) => attribute(member, name) === 'yes'

/** @param {Element} parameter */
function parameterOf(parameter) {
  const [type, name, value] = [typeOf(child(parameter, 'type')), textOf(child(parameter, 'declname')), typeOf(child(parameter, 'defval'))]
  return [type, name].filter(Boolean).join(' ') + (value ? ` = ${value}` : '')
}

/** With what is said about each enumerator as a comment. @param {Element} member @param {string} name @param {string} type */
function enumOf(member, name, type) {
  const values = children(member, 'enumvalue').map((value) => {
    const comment = textOf(child(value, 'briefdescription')).trim() || textOf(child(value, 'detaileddescription')).trim()
    const initializer = textOf(child(value, 'initializer'))
    const line = `    ${textOf(child(value, 'name'))}${initializer ? ` ${initializer.trim()}` : ''},`
    return comment ? `${line}  // ${comment.replace(/\s+/g, ' ')}` : line
  })
  return `enum ${isYes(member, 'strong') ? 'class ' : ''}${name}${type ? ` : ${type}` : ''} {\n${values.join('\n')}\n};`
}
