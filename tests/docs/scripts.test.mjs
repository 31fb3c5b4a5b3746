// Every script of README.md and docs/ compiles against the types of the package; those of README.md run, and do what they
// say.
import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { after, before, describe, it } from 'node:test'
import { fileURLToPath } from 'node:url'
import { transform } from 'esbuild'
import { backends, buildBackend } from '../../scripts/lib/backends.mjs'
import { installNodeModules } from '../../scripts/lib/node-modules.mjs'
import { root } from '../../scripts/lib/root.mjs'
import { startBroker } from '../support/broker.mjs'
import { ServerProcess } from '../support/server-process.mjs'
import { codeBlocks, nameOf, scripts } from './blocks.mjs'

const all = scripts(await codeBlocks())
/** @type {string} */
let folder
before(async () => {
  await mkdir(`${root}build`, { recursive: true })
  folder = await mkdtemp(`${root}build/docs-`)
  // As an application has it: the package by its name.
  await mkdir(`${folder}/node_modules`)
  await symlink(root, `${folder}/node_modules/websocket-mq`)
  await installNodeModules(`${root}tests/docs/angular/`)
  for (const name of ['@angular', 'rxjs']) await symlink(`${root}tests/docs/angular/node_modules/${name}`, `${folder}/node_modules/${name}`)
  await writeFile(`${folder}/package.json`, '{ "type": "module" }')
  const compilerOptions = {
    ...{ target: 'es2022', lib: ['es2022', 'dom'], module: 'preserve', strict: true, noEmit: true, types: [] },
    ...{ experimentalDecorators: true }, // Angular's
    ...{ preserveSymlinks: true, jsx: 'react-jsx', skipLibCheck: true },
    // Where pages without a bundler have the package.
    paths: { '/websocket-mq/*': ['./node_modules/websocket-mq/dist/*'] },
  }
  await writeFile(
    `${folder}/tsconfig.json`,
    JSON.stringify({ compilerOptions, include: ['**/*.ts', '**/*.tsx', `${root}tests/docs/prelude.d.ts`] }),
  )
  // A folder for each page, as some of its scripts import others.
  for (const [index, { file, language, code }] of all.entries()) {
    await mkdir(`${folder}/${file}`, { recursive: true })
    await writeFile(`${folder}/${file}/${nameOf(code) ?? `${index}.${language === 'tsx' ? 'tsx' : 'ts'}`}`, `${code}\nexport {}\n`)
  }
})
after(() => rm(folder, { recursive: true, force: true }))

it('compile', async () => {
  assert.ok(all.length >= 5, `${all.length} scripts`)
  const compiler = fileURLToPath(import.meta.resolve('typescript/bin/tsc'))
  const said = await new Promise((resolve) => {
    execFile(process.execPath, [compiler, '--project', folder], (_, printed, complaint) => resolve(printed + complaint))
  })
  assert.equal(said, '')
})

describe('run, of README.md', () => {
  /** @type {import('../support/broker.mjs').Broker} */
  let broker
  /** @type {ServerProcess[]} */
  const programs = []
  before(async () => {
    broker = await startBroker()
  })
  after(async () => {
    for (const program of programs) await program.stop('SIGKILL')
    await broker.close()
  })

  /** Runs until it has printed this. @param {string} entry what the script imports @param {RegExp} printed */
  async function runs(entry, printed) {
    const { code = '' } = all.find((each) => each.file === 'README.md' && each.code.includes(`from '${entry}'`)) ?? {}
    const here = code
      .replace(/'(wss:\/\/example\.org)?\/ws_mqtt'(?!, 'my-client')/, `'${broker.url}'`)
      .replace("'example.org', 443", `'127.0.0.1', ${broker.webSocketPort}`)
      .replace('useSSL: true', 'useSSL: false')
    assert.notEqual(here, code)
    const file = `${folder}/readme-${programs.length}.js`
    await writeFile(file, (await transform(here, { loader: 'ts', format: 'esm', target: 'es2022' })).code)
    const program = new ServerProcess(process.execPath, [file])
    programs.push(program)
    await program.start([], printed)
  }

  it('the page that publishes and subscribes', () => runs('websocket-mq', /^1 21\.5$/m))

  it('the page that uses Paho', () => runs('websocket-mq/paho', /^lab\/1\/temperature 21\.5$/m))

  it('the page that others see, and that asks a service', async () => {
    const service = backends().find(({ name }) => name === 'javascript')
    assert.ok(service)
    assert.equal(await buildBackend(service), undefined)
    const [program = '', ...args] = service.start
    const env = { WSMQ_URL: `mqtt://127.0.0.1:${broker.tcpPort}` }
    const running = new ServerProcess(program, args, env, `${root}demo/backends/javascript`)
    programs.push(running)
    await running.start([])
    const { Webapp } = await import(`${root}dist/webapp.js`)
    const app = await Webapp.join(broker.url, { org: 'acme', user: 'bob' })
    await app.services.until((/** @type {any} */ services) => services.names.includes('demo'))
    await app.leave()
    // Each is told of the other.
    const appeared = /^acme:ann:\w+ appeared$/m
    await Promise.all([runs('websocket-mq/webapp', appeared), runs('websocket-mq/webapp', appeared)])
  })
})
