// Projects that have the package as npm installs it, and the tools that they are tried with.
import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, rm, stat } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { root } from '../../scripts/lib/root.mjs'

const here = fileURLToPath(new URL('.', import.meta.url))

/** A file of one of the tools. @param {string} path below node_modules */
export const tool = (path) => `${here}node_modules/${path}`

/** Installs the tools where that has not been done, or something else is wanted since. */
export async function installTools() {
  const installed = `${here}node_modules/.package-lock.json`
  const isCurrent = existsSync(installed) && (await stat(installed)).mtimeMs > (await stat(`${here}package-lock.json`)).mtimeMs
  if (!isCurrent) await run('npm', ['ci', '--no-audit', '--no-fund'], here)
}

/**
 * A project that has nothing else installed.
 * @returns {Promise<{ folder: string, remove: () => Promise<void> }>}
 */
export async function project() {
  await mkdir(`${root}build`, { recursive: true })
  const folder = await mkdtemp(`${root}build/tooling-`)
  const installed = `${folder}/node_modules/websocket-mq`
  await mkdir(installed, { recursive: true })
  const { stdout } = await run('npm', ['pack', '--silent', '--pack-destination', folder], root)
  await run('tar', ['-xzf', stdout.trim(), '-C', installed, '--strip-components=1'], folder)
  return { folder, remove: () => rm(folder, { recursive: true, force: true }) }
}

/** @param {string} program @param {string[]} args @param {string} cwd @param {Record<string, string>} [env] */
export async function run(program, args, cwd, env = {}) {
  const options = { cwd, env: { ...process.env, ...env }, maxBuffer: 64 * 1024 * 1024 }
  return promisify(execFile)(program, args, options).catch((error) => {
    throw new Error(`${[program, ...args].join(' ')}:\n${error.stdout}${error.stderr}`)
  })
}
