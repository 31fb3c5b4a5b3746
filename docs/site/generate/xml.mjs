// XML in which the order of text and elements is kept.
import { readFile } from 'node:fs/promises'
import { XMLParser } from 'fast-xml-parser'

/** As the parser has it: the name of the element is the key of what is in it. @typedef {Record<string, any>} Element */

const parser = new XMLParser({
  preserveOrder: true,
  ignoreAttributes: false,
  attributeNamePrefix: '',
  trimValues: false,
  parseTagValue: false,
})

/** @param {string} file @returns {Promise<Element>} an element without a name around all */
export async function readXml(file) {
  return { '': parser.parse(await readFile(file, 'utf8')) }
}

/** @param {Element | undefined} element @returns {string} '#text' for a piece of text */
export const nameOf = (element) => Object.keys(element ?? {}).find((key) => key !== ':@') ?? ''

/** @param {Element | undefined} element @returns {Element[]} what is in it, in order */
export const content = (element) => element?.[nameOf(element)] ?? []

/** @param {Element | undefined} element @param {string} name @returns {Element[]} */
export const children = (element, name) => content(element).filter((each) => nameOf(each) === name)

/** @param {Element | undefined} element @param {string} name @returns {Element} one without anything in it where there is none */
export const child = (element, name) => children(element, name)[0] ?? { [name]: [] }

/** @param {Element | undefined} element @param {string} name @returns {string} */
export const attribute = (element, name) => element?.[':@']?.[name] ?? ''

/** All text in it. @param {Element | undefined} element @returns {string} */
export function textOf(element) {
  if (nameOf(element) === '#text') return String(element?.['#text'])
  return content(element).map(textOf).join('')
}
