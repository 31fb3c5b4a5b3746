import { compileScript, parse } from 'vue/compiler-sfc'

/** A component of one file, whose template becomes a part of its script. @param {string} code @returns {string} TypeScript */
export function compileVue(code) {
  const { descriptor, errors } = parse(code)
  if (errors.length > 0) throw errors[0]
  return compileScript(descriptor, { id: 'component', inlineTemplate: true }).content
}
