// The components of each framework where a server renders them: nothing is connected, and the page says so.
import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { describe, it } from 'node:test'
import { createElement } from 'react'
import { renderToString as renderReact } from 'react-dom/server'
import { render as renderSvelte } from 'svelte/server'
import { createSSRApp, h } from 'vue'
import { renderToString as renderVue } from 'vue/server-renderer'
import { buildForServer } from '../frameworks/build.mjs'
import * as react from 'websocket-mq/react'
import * as vue from 'websocket-mq/vue'

const root = new URL('../../', import.meta.url)
const connect = () => assert.fail('a server connects to nothing')
const wanted = /connecting true 0/

describe('a server that renders', () => {
  it('React', () => {
    const Shown = () => {
      const { state } = react.useConnection()
      react.useSubscription('a', () => {})
      return createElement('p', null, `${state} ${react.useLatest('a') === undefined} ${react.usePresence().size}`)
    }
    assert.match(renderReact(createElement(react.MqttProvider, { connect }, createElement(Shown))), wanted)
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
    const folder = await mkdtemp(new URL('build/server-', root).pathname)
    try {
      await buildForServer('App.svelte', `${folder}/app.mjs`)
      const { default: App } = await import(`${folder}/app.mjs`)
      assert.match(renderSvelte(App, { props: { connect } }).body, wanted)
    } finally {
      await rm(folder, { recursive: true })
    }
  })
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
