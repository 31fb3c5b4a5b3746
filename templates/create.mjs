#!/usr/bin/env node
// npm create websocket-mq@latest NAME [-- --template NAME]: an application to start from.
import { cp, mkdir, readdir, readFile, rename, writeFile } from 'node:fs/promises'
import { basename, relative, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'

const here = fileURLToPath(new URL('.', import.meta.url))
/** The first is the default. */
const templates = ['vanilla', 'react']

const usage = `Usage: npm create websocket-mq@latest FOLDER [-- OPTIONS]

  --template NAME   ${templates.join(' or ')}; ${templates[0]} by default
  --package SPEC    where websocket-mq comes from: a version, a folder or a .tgz; this version by default
  --help            this text`

/** What the user can mend: it is told without a stack. */
class Mistake extends Error {}

function readArguments() {
  try {
    const options = /** @type {const} */ ({
      template: { type: 'string', short: 't', default: templates[0] },
      package: { type: 'string' },
      help: { type: 'boolean', short: 'h' },
    })
    return parseArgs({ options, allowPositionals: true })
  } catch (error) {
    throw new Mistake(`${/** @type {Error} */ (error).message}\n\n${usage}`)
  }
}

/** Its name is that of the package: npm has rules for it. @param {string} folder */
function checkName(folder) {
  const name = basename(folder)
  if (/^[a-z0-9~-][a-z0-9._~-]*$/.test(name) && name.length <= 214 && name !== 'node_modules') return name
  throw new Mistake(
    `"${name}" cannot be the name of an application. Use lower-case letters, digits, "-", "_" and ".", and begin with a letter or a digit.`,
  )
}

/** @param {string} folder */
async function checkFree(folder) {
  const inside = await readdir(folder).catch((error) => {
    if (error.code === 'ENOENT') return []
    if (error.code === 'ENOTDIR') throw new Mistake(`${folder} is a file. Give another folder.`)
    throw new Mistake(`${folder} cannot be read (${error.code}). Give another folder.`)
  })
  // What a repository that was made before may have.
  if (inside.some((name) => !['.git', '.DS_Store'].includes(name))) {
    throw new Mistake(`${folder} exists and is not empty. Give another folder, or remove it first.`)
  }
}

/** What stands in package.json for websocket-mq. @param {string | undefined} spec @param {string} folder */
async function dependency(spec, folder) {
  if (spec === undefined) return JSON.parse(await readFile(`${here}package.json`, 'utf8')).version
  return /^[.~/\\]|\.tgz$|^[A-Za-z]:/.test(spec) ? `file:${relative(folder, resolve(spec)).replaceAll('\\', '/')}` : spec
}

/** @param {string} template @param {string} folder @param {string} name @param {string | undefined} spec */
async function copyTemplate(template, folder, name, spec) {
  await mkdir(folder, { recursive: true })
  for (const part of ['common', template]) await cp(here + part, folder, { recursive: true })
  // npm would leave out a file of this name.
  await rename(`${folder}/_gitignore`, `${folder}/.gitignore`)
  const description = JSON.parse(await readFile(`${folder}/package.json`, 'utf8'))
  description.name = name
  description.dependencies['websocket-mq'] = await dependency(spec, folder)
  await writeFile(`${folder}/package.json`, `${JSON.stringify(description, null, 2)}\n`)
}

async function create() {
  const { values, positionals } = readArguments()
  if (values.help) return console.log(usage)
  const [given, ...more] = positionals
  if (given === undefined) throw new Mistake(`The name of the new folder is missing.\n\n${usage}`)
  if (more.length > 0)
    throw new Mistake(`One folder at a time; "${more.join(' ')}" is too much. Options follow "--", as in: ${given} -- --template react`)
  if (!templates.includes(values.template))
    throw new Mistake(`There is no template "${values.template}". Use one of: ${templates.join(', ')}.`)
  const folder = resolve(given)
  const name = checkName(folder)
  await checkFree(folder)
  await copyTemplate(values.template, folder, name, values.package)
  const steps = [
    ...(given === '.' ? [] : [[`cd ${given}`, '']]),
    ['npm install', ''],
    ['npm run broker', 'in a terminal of its own: Mosquitto on localhost:9001'],
    ['npm run dev', 'then open the address that it prints'],
  ]
  console.log(`${given} is there, from the template ${values.template}. Next:\n`)
  for (const [command = '', comment] of steps) console.log(`  ${comment ? `${command.padEnd(16)}# ${comment}` : command}`)
  console.log('\nWith another broker, in place of Mosquitto here: BROKER=ws://HOST:PORT/PATH npm run dev')
}

await create().catch((error) => {
  console.error(error instanceof Mistake ? error.message : error)
  process.exitCode = 1
})
