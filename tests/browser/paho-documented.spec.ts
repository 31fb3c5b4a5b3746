// One page, and each library in the place of its script: those of Paho, and ours under both globals.
import { fileURLToPath } from 'node:url'
import { dist, expect, test } from './support.js'

const installed = (path: string) => fileURLToPath(new URL(`../../node_modules/${path}`, import.meta.url))

for (const [library, script, globals] of [
  ['paho-mqtt 1.1.0', installed('paho-mqtt/paho-mqtt.js'), ['Paho']],
  ['mqttws31.js 1.0.3', installed('mqttws31/mqttws31.js'), ['MQTT']],
  ['our paho-mqtt.js', `${dist}paho-mqtt.js`, ['Paho', 'MQTT']],
  ['our paho-mqtt.embedded.js', `${dist}paho-mqtt.embedded.js`, ['Paho', 'MQTT']],
] as const)
  for (const global of globals)
    test(`the documented page works with ${library} and ${global === 'Paho' ? 'Paho' : 'Paho.MQTT'}`, async ({ context, open }) => {
      await context.route('**/mqtt.js', (route) => route.fulfill({ path: script, contentType: 'text/javascript' }))
      // What has to lie beside one of them.
      await context.route('**/wsmq.wasm', (route) => route.fulfill({ path: `${dist}wsmq.wasm`, contentType: 'application/wasm' }))
      const { page } = await open({ path: `paho-documented.html?${global}` })
      await expect
        .poll(() => page.evaluate(() => (globalThis as unknown as { lines: string[] }).lines))
        .toEqual(['connected', 'arrived true Hello', 'lost 0 false'])
    })
