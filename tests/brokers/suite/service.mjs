// A small service by the wire convention, over any connection of MQTT.js: the other end of messaging.
import { receiveMaximumOf } from './lab.mjs'

const firstCredit = 64

/**
 * `echo` answers its params, `count` streams the whole numbers below params.items.
 * @param {import('mqtt').MqttClient} client with the service's offline record as its will
 * @param {{ root: string, service: string, instance: string, shared: boolean }} options
 */
export async function serve(client, { root, service, instance, shared }) {
  const requests = `${root}webapp/req/${service}/`
  const control = `${root}webapp/svc/${service}/${instance}`
  /** @type {Map<string, (more: number) => void>} */
  const waiting = new Map()

  let room = receiveMaximumOf(client) // which MQTT.js does not heed
  /** @type {(() => void)[]} */
  const held = []

  /** In the order of the calls. @param {string} sender @param {object} message */
  function answer(sender, message) {
    const send = () =>
      client.publish(`${root}webapp/res/${sender}`, JSON.stringify({ jsonrpc: '2.0', ...message }), { qos: 1 }, () => {
        const next = held.shift()
        if (next) next()
        else room += 1
      })
    if (room === 0) return void held.push(send)
    room -= 1
    send()
  }

  /** @param {string} sender @param {{ id: string, params: { items: number } }} request */
  async function stream(sender, { id, params }) {
    let credit = firstCredit
    let wake = () => {}
    waiting.set(id, (more) => {
      credit += more
      wake()
    })
    for (let seq = 0; seq < params.items; ++seq) {
      while (credit === 0) await new Promise((resolve) => (wake = () => resolve(undefined)))
      credit -= 1
      answer(sender, { method: '$/progress', params: { id, seq, value: seq, at: instance } })
    }
    waiting.delete(id)
    answer(sender, { id, result: params.items, count: params.items })
  }

  client.on('message', (topic, payload, { retain }) => {
    if (retain) return
    const sender = topic.slice(topic.lastIndexOf('/') + 1)
    const request = JSON.parse(payload.toString())
    if (request.method === '$/more') waiting.get(request.params.id)?.(request.params.n)
    else if (request.method === 'count') void stream(sender, request)
    else if (request.method === 'echo') answer(sender, { id: request.id, result: request.params })
  })
  const granted = await client.subscribeAsync([`${shared ? `$share/${service}/` : ''}${requests}+`, `${control}/+`], { qos: 1 })
  if (granted.some(({ qos }) => qos > 2)) throw new Error('the broker refuses what a service subscribes')
  const record = { online: true, service, instance, version: '1', methods: ['echo', 'count'] }
  await client.publishAsync(control, JSON.stringify(record), { qos: 1, retain: true })
}
