// Projects that have the package as npm installs it, and the tools that they are tried with.
import { execFile } from 'node:child_process'
import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { installNodeModules } from '../../scripts/lib/node-modules.mjs'
import { root } from '../../scripts/lib/root.mjs'
import { pack } from '../support/packed.mjs'

const here = fileURLToPath(new URL('.', import.meta.url))

/** A file of one of the tools. @param {string} path below node_modules */
export const tool = (path) => `${here}node_modules/${path}`

/** Installs the tools where that has not been done. */
export const installTools = () => installNodeModules(here)

/**
 * A project that has nothing else installed.
 * @returns {Promise<{ folder: string, remove: () => Promise<void> }>}
 */
export async function project() {
  await mkdir(`${root}build`, { recursive: true })
  const folder = await mkdtemp(`${root}build/tooling-`)
  const installed = `${folder}/node_modules/websocket-mq`
  await mkdir(installed, { recursive: true })
  await run('tar', ['-xzf', await pack(root, folder), '-C', installed, '--strip-components=1'], folder)
  return { folder, remove: () => rm(folder, { recursive: true, force: true }) }
}

/** @param {string} program @param {string[]} args @param {string} cwd @param {Record<string, string>} [env] */
export async function run(program, args, cwd, env = {}) {
  const options = { cwd, env: { ...process.env, ...env }, maxBuffer: 64 * 1024 * 1024 }
  return promisify(execFile)(program, args, options).catch((error) => {
    throw new Error(`${[program, ...args].join(' ')}:\n${error.stdout}${error.stderr}`)
  })
}
