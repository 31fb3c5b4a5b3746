// Applications as a user starts them: from the packed packages, installed by npm.
import { mkdir, mkdtemp, readFile, rm } from 'node:fs/promises'
import { root } from '../../scripts/lib/root.mjs'
import { freePort } from '../support/free-port.mjs'
import { pack } from '../support/packed.mjs'
import { ServerProcess } from '../support/server-process.mjs'
import { run } from '../tooling/support.mjs'

/**
 * A folder to create applications in.
 * @returns {Promise<{ folder: string, create: (...args: string[]) => Promise<{ stdout: string }>, remove: () => Promise<void> }>}
 */
export async function workshop() {
  await mkdir(`${root}build`, { recursive: true })
  const folder = await mkdtemp(`${root}build/templates-`)
  const packed = await pack(`${root}templates`, folder)
  // What `npm create websocket-mq` does: it is fetched, and its program runs in the folder of the user.
  await run('npm', ['install', '--prefix', `${folder}/fetched`, '--offline', '--no-save', packed], folder)
  return {
    folder,
    create: (...args) => run(`${folder}/fetched/node_modules/.bin/create-websocket-mq`, args, folder),
    remove: () => rm(folder, { recursive: true, force: true }),
  }
}

/** Installs an application that uses the package as it is now. @param {Awaited<ReturnType<typeof workshop>>} place @param {string} template */
export async function createApplication({ folder, create }, template) {
  const name = `my-${template}`
  const packed = await pack(root, folder)
  await create(name, '--template', template, '--package', packed)
  await run('npm', ['install', '--prefer-offline', '--no-audit', '--no-fund'], `${folder}/${name}`)
  return `${folder}/${name}`
}

/**
 * Runs a script of an application that serves it, on a free port of loopback.
 * @param {string} folder
 * @param {'dev' | 'preview'} script
 * @param {string} broker
 */
export async function serve(folder, script, broker) {
  const { scripts } = JSON.parse(await readFile(`${folder}/package.json`, 'utf8'))
  const port = await freePort()
  const command = `exec ${scripts[script]} --host 127.0.0.1 --port ${port} --strictPort`
  const env = { BROKER: broker, PATH: `${folder}/node_modules/.bin:${process.env['PATH']}` }
  const server = new ServerProcess('sh', ['-c', command], env, folder)
  await server.start([port])
  return { url: `http://127.0.0.1:${port}/`, close: () => server.stop() }
}
