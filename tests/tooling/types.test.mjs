// The types, with the compilers that applications have: strict, and with the libraries looked at.
import { writeFile } from 'node:fs/promises'
import { after, before, describe, it } from 'node:test'
import { fileURLToPath } from 'node:url'
import { installTools, project, run, tool } from './support.mjs'

const compilers = {
  5.4: tool('typescript-5.4/bin/tsc'),
  5.6: tool('typescript-5.6/bin/tsc'),
  5.9: tool('typescript-5.9/bin/tsc'),
  '6.0': fileURLToPath(import.meta.resolve('typescript/bin/tsc')),
}
/** @type {Record<string, { module: string }>} */
const resolutions = {
  bundler: { module: 'esnext' },
  node16: { module: 'node16' },
  nodenext: { module: 'nodenext' },
  // By main and types; for the last time in TypeScript 6.
  node10: { module: 'esnext' },
}

const imported = `import { connect, type Connection, type Message, type Subscription } from 'websocket-mq'
import * as separate from 'websocket-mq/wasm'
import { Webapp, type JoinOptions } from 'websocket-mq/webapp'
import * as separateWebapp from 'websocket-mq/webapp/wasm'
import Paho, { Client } from 'websocket-mq/paho'
import 'websocket-mq/paho-mqtt.js'
import 'websocket-mq/paho-mqtt.embedded.js'
import createModule from 'websocket-mq/module'
import createEmbedded from 'websocket-mq/module/embedded'

export async function use(options: JoinOptions): Promise<void> {
  const mq: Connection = await connect(async () => 'wss://h/')
  const subscription: Subscription<{ readonly room: string }> = mq.subscribe('lab/+room')
  for await (const message of subscription) {
    const { params, text }: Message<{ readonly room: string }> = message
    console.log(params.room.length, text())
  }
  const app = await Webapp.join('wss://h/', options)
  app.expose({ greet: ({ name }) => name })
  for await (const { key } of app.presence) console.log(key, [...app.presence.keys()])
  console.log(separate.connect, separateWebapp.Webapp, createModule, createEmbedded)
  const clients: Paho.MQTT.Client[] = [new Client('h', 1, 'id'), new Paho.MQTT.Client('h', 1, 'id'), new globalThis.Paho.Client('h', 1, 'id')]
  const failed: Paho.OnFailureCallback = ({ errorMessage }) => console.log(errorMessage)
  for (const client of clients) client.connect({ onFailure: failed })
}
`
const required = `import websocketMq = require('websocket-mq')
import webapp = require('websocket-mq/webapp')
import Paho = require('websocket-mq/paho')
import separate = require('websocket-mq/wasm')
export const used: websocketMq.Connection | Paho.Client | undefined = undefined
console.log(websocketMq.connect, webapp.Webapp, Paho.Client, separate.load)
`

/** @type {Awaited<ReturnType<typeof project>>} */
let place
before(async () => {
  await installTools()
  place = await project()
  await writeFile(`${place.folder}/package.json`, '{ "type": "module" }')
  await writeFile(`${place.folder}/imported.ts`, imported)
  await writeFile(`${place.folder}/required.cts`, required)
})
after(() => place.remove())

for (const [version, compiler] of Object.entries(compilers))
  describe(`TypeScript ${version}`, () => {
    for (const [moduleResolution, { module }] of Object.entries(resolutions))
      it(`with moduleResolution ${moduleResolution}`, async () => {
        const compilerOptions = {
          ...{ strict: true, skipLibCheck: false, target: 'es2022', lib: ['es2022', 'dom'], types: [], noEmit: true },
          ...{ module, moduleResolution },
          ...(version === '6.0' && moduleResolution === 'node10' ? { ignoreDeprecations: '6.0' } : {}),
        }
        const files = module.startsWith('node') ? ['imported.ts', 'required.cts'] : ['imported.ts']
        const config = `tsconfig-${version}-${moduleResolution}.json`
        await writeFile(`${place.folder}/${config}`, JSON.stringify({ compilerOptions, files }))
        await run(process.execPath, [compiler, '--project', config], place.folder)
      })
  })
