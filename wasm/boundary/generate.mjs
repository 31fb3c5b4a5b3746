// node wasm/boundary/generate.mjs OUTPUT WHAT: writes the C++ header of the boundary from the modules beside this file,
// which the glue imports as they are. WHAT is engine, or layer for the module with messaging. CMake calls it.
//
// An enumeration becomes an enum class; one whose name ends in Row or Flag becomes constants of its own scope, for they
// are places and bits. What mirrors an enumeration of the engine becomes assertions that the two are the same.
import { mkdir, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'

const folder = dirname(fileURLToPath(import.meta.url))

/** @param {string} name camelCase, which becomes snake_case */
const snake = (name) => name.replaceAll(/[A-Z]/g, (letter, index) => `${index === 0 ? '' : '_'}${letter.toLowerCase()}`)

/** The enumerators of a TypeScript enumeration. @param {Record<string, unknown>} object @returns {[string, number][]} */
const enumerators = (object) =>
  Object.entries(object).flatMap(([name, value]) => (typeof value === 'number' && Number.isNaN(Number(name)) ? [[name, value]] : []))

/** @param {string} name @param {Record<string, unknown>} object */
function enumeration(name, object) {
  const lines = enumerators(object).map(([each, value]) => `    ${snake(each)} = ${value},\n`)
  if (/(Row|Flag)$/.test(name)) return `struct ${name} {\n    enum Value : std::uint32_t {\n    ${lines.join('    ')}    };\n};\n`
  return `enum class ${name} : std::uint32_t {\n${lines.join('')}};\n`
}

/** Constants and enumerations of a module, but for those that mirror others. @param {Record<string, any>} module */
function declarations(module) {
  return Object.entries(module).flatMap(([name, value]) => {
    if (typeof value === 'number') return [`inline constexpr std::uint32_t ${snake(name)} = ${value};\n`]
    return enumerators(value).length > 0 ? [enumeration(name, value)] : []
  })
}

/** @param {string} type @param {[string, number][]} rows */
const equal = (type, rows) =>
  rows.map(([name, value]) => `static_assert(static_cast<int>(${type}::${name}) == ${value}, "wasm/boundary: ${name}");\n`).join('')

/** The switch ends the build where the enumeration has more. @param {string} type @param {[string, number][]} rows */
function complete(type, rows) {
  const cases = rows.map(([name]) => `        case ${type}::${name}:\n`).join('')
  return `${equal(type, rows)}constexpr bool is_listed(${type} value) {
    switch (value) {
${cases}            return true;
    }
    return false;
}
static_assert(is_listed(${type}{}));
`
}

/** @param {readonly string[]} names @returns {[string, number][]} */
const numbered = (names) => names.map((name, index) => [name, index])
/** @param {Record<string, unknown>} object @returns {[string, number][]} */
const snakeRows = (object) => enumerators(object).map(([name, value]) => [snake(name), value])

/** @param {any} engine */
function propertyChecks({ properties, PropertyType }) {
  const /** @type {[string, [number, number]][]} */ rows = Object.entries(properties)
  const lines = rows.map(([name, [id, type]]) => {
    const enumerator = name === 'userProperties' ? 'user_property' : snake(name)
    return `static_assert(static_cast<int>(PropertyId::${enumerator}) == ${id} && codec::property_specs[${id}].type == PropertyType::${snake(PropertyType[type])}, "wasm/boundary: ${name}");\n`
  })
  return `static_assert(codec::property_entries.size() == ${rows.length}, "wasm/boundary: properties");\n${lines.join('')}`
}

/** @type {Record<string, { includes: string[], modules: string[], checks: (modules: any) => string }>} */
const headers = {
  engine: {
    includes: ['codec/property_table.hpp', 'wsmq/error.hpp', 'wsmq/options.hpp', 'wsmq/reason_code.hpp'],
    modules: ['events', 'calls', 'options', 'engine'],
    checks: ({ engine }) =>
      complete('Errc', numbered(engine.errorNames)) +
      complete('WhenBlocked', numbered(engine.whenBlockedNames)) +
      equal('ReasonCode', snakeRows(engine.ReasonCode)) +
      propertyChecks(engine),
  },
  layer: {
    includes: ['wsmq/messaging/error.hpp', 'wsmq/messaging/event.hpp', 'wsmq/messaging/webapp.hpp'],
    modules: ['layer'],
    checks: ({ layer }) =>
      complete('messaging::Error', numbered(layer.layerErrorNames)) +
      complete('messaging::Target::Kind', snakeRows(layer.TargetKind)) +
      complete('messaging::Webapp::RollCall', snakeRows(layer.RollCall)) +
      complete('messaging::PresenceChanged::Change', snakeRows(layer.PresenceChange)),
  },
}
/** Mirrors of the engine's own, which the checks are about, and what only JavaScript uses. */
const mirrors = ['largestInteger', 'ReasonCode', 'PropertyType', 'TargetKind', 'RollCall', 'PresenceChange']

/** @param {string} name */
async function load(name) {
  const { outputFiles } = await build({ entryPoints: [join(folder, `${name}.ts`)], bundle: true, format: 'esm', write: false })
  return import(`data:text/javascript,${encodeURIComponent(outputFiles[0]?.text ?? '')}`)
}

/** No row is longer than the memory for it. @param {string} constant @param {Record<string, any> | undefined} module */
function checkLengths(constant, module) {
  for (const [name, row] of Object.entries(module ?? {}))
    if (name.endsWith('Row') && enumerators(row).some(([, cell]) => cell >= module?.[constant]))
      throw new Error(`${name} has more cells than ${constant} says.`)
}

/** @param {string} what */
async function header(what) {
  const parts = headers[what]
  if (parts === undefined) throw new Error(`There is no header "${what}". There are: ${Object.keys(headers).join(', ')}.`)
  const /** @type {Record<string, any>} */ modules = {}
  for (const name of parts.modules) modules[name] = await load(name)
  checkLengths('rowCells', modules['events'])
  checkLengths('layerRowCells', modules['layer'])
  const own = Object.values(modules).map((module) => Object.fromEntries(Object.entries(module).filter(([name]) => !mirrors.includes(name))))
  return `// Written by wasm/boundary/generate.mjs from the modules beside it: change those.
#pragma once
#include <cstdint>

${parts.includes.map((file) => `#include "${file}"\n`).join('')}
// A switch that lacks an enumerator is an error in whatever includes this.
#pragma clang diagnostic error "-Wswitch"

namespace wsmq::wasm {

${own.flatMap(declarations).join('\n')}
namespace boundary_checks {
${parts.checks(modules)}}  // namespace boundary_checks

}  // namespace wsmq::wasm
`
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const [output, what] = process.argv.slice(2)
  if (!output || !what) throw new Error('usage: generate.mjs OUTPUT engine|layer')
  await mkdir(dirname(output), { recursive: true })
  await writeFile(output, await header(what))
}
