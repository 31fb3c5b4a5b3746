// The components of each framework where a server renders them: nothing is connected, and the page says so.
import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { describe, it } from 'node:test'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { createElement } from 'react'
import { renderToString as renderReact } from 'react-dom/server'
import { render as renderSvelte } from 'svelte/server'
import { createSSRApp, h } from 'vue'
import { renderToString as renderVue } from 'vue/server-renderer'
import { buildForServer, installFrameworks, react18Modules } from '../frameworks/build.mjs'
import * as react from 'websocket-mq/react'
import * as vue from 'websocket-mq/vue'

const root = fileURLToPath(new URL('../../', import.meta.url))
const workFolder = async () => {
  await mkdir(`${root}build`, { recursive: true })
  return mkdtemp(`${root}build/server-`)
}
const connect = () => assert.fail('a server connects to nothing')
const wanted = /connecting true 0/

describe('a server that renders', () => {
  for (const [version, modules] of Object.entries({ 18: react18Modules, 19: `${root}node_modules` }))
    it(`React ${version}`, async () => {
      await installFrameworks()
      const folder = await workFolder()
      try {
        await symlink(modules, `${folder}/node_modules`)
        await buildForServer('react.tsx', `${folder}/react.mjs`)
        const { render } = await import(`${folder}/react.mjs`)
        assert.match(render(connect), wanted)
        const { version: used } = JSON.parse(await readFile(`${folder}/node_modules/react/package.json`, 'utf8'))
        assert.ok(used.startsWith(`${version}.`), used)
      } finally {
        await rm(folder, { recursive: true })
      }
    })

  it('Vue', async () => {
    const app = createSSRApp({
      setup() {
        const { state } = vue.useConnection()
        const [latest, present] = [vue.useLatest('a'), vue.usePresence()]
        vue.useSubscription('a', () => {})
        return () => h('p', `${state.value} ${latest.value === undefined} ${present.value.size}`)
      },
    })
    assert.match(await renderVue(app.use(vue.createMqtt({ connect }))), wanted)
  })

  it('Svelte', async () => {
    const folder = await workFolder()
    try {
      await buildForServer('App.svelte', `${folder}/app.mjs`)
      const { default: App } = await import(`${folder}/app.mjs`)
      assert.match(renderSvelte(App, { props: { connect } }).body, wanted)
    } finally {
      await rm(folder, { recursive: true })
    }
  })
})

it('has types that go with those of React 18', async () => {
  await installFrameworks()
  const folder = await workFolder()
  try {
    const compilerOptions = {
      ...{ strict: true, noEmit: true, target: 'es2022', lib: ['es2022', 'dom'], types: [], jsx: 'react-jsx' },
      ...{ module: 'esnext', moduleResolution: 'bundler' },
      paths: { react: [`${react18Modules}/@types/react`], 'react/*': [`${react18Modules}/@types/react/*`] },
    }
    const files = [fileURLToPath(new URL('../frameworks/server/react.tsx', import.meta.url)), `${folder}/server.d.ts`]
    await writeFile(
      `${folder}/server.d.ts`,
      "declare module 'react-dom/server' { export function renderToString(element: import('react').ReactElement): string }\n",
    )
    await writeFile(`${folder}/tsconfig.json`, JSON.stringify({ compilerOptions, files }))
    const compiler = fileURLToPath(import.meta.resolve('typescript/bin/tsc'))
    const { stdout } = await promisify(execFile)(process.execPath, [compiler, '--project', folder, '--listFiles']).catch((error) =>
      assert.fail(error.stdout),
    )
    assert.ok(stdout.includes(`${react18Modules}/@types/react/index.d.ts`), stdout)
    assert.ok(!stdout.includes(`${root}node_modules/@types/react/index.d.ts`), stdout)
  } finally {
    await rm(folder, { recursive: true })
  }
})

describe('a component without a connection around it', () => {
  it('says what is missing', async () => {
    const Alone = () => createElement('p', null, react.useConnection().state)
    assert.throws(() => renderReact(createElement(Alone)), /<MqttProvider>/)
    const app = createSSRApp({ setup: () => vue.useConnection() && (() => h('p')) })
    app.config.warnHandler = () => {}
    await assert.rejects(renderVue(app), /app\.use\(createMqtt/)
  })

  it('and so does a source that is none', () => {
    assert.throws(() => renderReact(createElement(react.MqttProvider, {})), { name: 'TypeError', message: /Give a function that connects/ })
  })
})
