// On a fresh machine the commands of package.json run before anything is installed, and install it themselves.
import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { isBuiltin } from 'node:module'
import { test } from 'node:test'
import { root } from './root.mjs'

const statement = /^(?:import|export)\s(?:[^'"]*?\sfrom\s+)?['"]([^'"]+)['"]/gm

/**
 * The packages that a script needs to be loaded at all.
 * @param {URL} script @param {Set<string>} seen @returns {Promise<string[]>}
 */
async function packagesOf(script, seen) {
  if (seen.has(script.href)) return []
  seen.add(script.href)
  const names = [...(await readFile(script, 'utf8')).matchAll(statement)].map(([, name = '']) => name)
  const packages = names.filter((name) => !name.startsWith('.') && !isBuiltin(name)).map((name) => `${name}, for ${script.pathname}`)
  for (const name of names.filter((each) => each.startsWith('.'))) packages.push(...(await packagesOf(new URL(name, script), seen)))
  return packages
}

for (const command of ['start', 'test', 'build', 'setup', 'check', 'dev', 'quick'])
  test(`scripts/${command}.mjs needs no package before it installs them`, async () => {
    const seen = new Set()
    assert.deepEqual(await packagesOf(new URL(`file://${root}scripts/${command}.mjs`), seen), [])
    assert.ok(seen.size > 3, [...seen].join(' '))
  })
