/**
 * The element of this identifier. There is no page without it.
 * @template {Element} T
 * @param {string} id
 * @param {new () => T} type
 * @returns {T}
 */
export function element(id, type) {
  const found = document.getElementById(id)
  if (!(found instanceof type)) throw new Error(`The page has no ${type.name} #${id}.`)
  return found
}

/**
 * A copy of a template's one element.
 * @param {string} id
 */
export function fromTemplate(id) {
  const copy = element(id, HTMLTemplateElement).content.firstElementChild?.cloneNode(true)
  if (!(copy instanceof HTMLElement)) throw new Error(`The template #${id} is empty.`)
  return copy
}

/**
 * @param {ParentNode} parent
 * @param {string} selector
 */
export function part(parent, selector) {
  const found = parent.querySelector(selector)
  if (!(found instanceof HTMLElement)) throw new Error(`There is no ${selector}.`)
  return found
}

/** @param {unknown} error */
export function sentence(error) {
  return error instanceof Error ? error.message : String(error)
}
