// node tests/support/start-broker.mjs mosquitto|rabbitmq|aedes: starts a broker for a test in another language. Prints one
// line of JSON, its addresses and credentials; then takes the words start, stop and restart, one a line, answers each with
// a line when it is done, and ends with its input.
import { createInterface } from 'node:readline'

/** @type {Record<string, () => Promise<{ url: string, tcpUrl?: string, tcpPort?: number, tlsUrl?: string, authority?: string, credentials?: object, start: () => Promise<unknown>, stop: () => Promise<unknown>, restart: () => Promise<unknown>, close: () => Promise<unknown> }>>} */
const brokers = {
  mosquitto: async () => (await import('./broker.mjs')).startBroker({ persistence: true }),
  rabbitmq: async () => (await import('./rabbitmq.mjs')).startRabbitMq(),
  aedes: async () => (await import('./aedes.mjs')).startAedes(),
}

const name = process.argv[2] ?? ''
const start = Object.hasOwn(brokers, name) ? brokers[name] : undefined
if (!start) {
  console.error(`Which broker? ${Object.keys(brokers).join(', ')}`)
  process.exit(2)
}
// Before the broker runs: what ends us meanwhile must end it as well.
const input = createInterface({ input: process.stdin })
for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP'])) process.once(signal, () => input.close())
const broker = await start()
try {
  const { url, tcpUrl = `mqtt://127.0.0.1:${broker.tcpPort}`, tlsUrl, authority, credentials } = broker
  console.log(JSON.stringify({ url, tcpUrl, tlsUrl, authority, credentials }))
  for await (const word of input) {
    if (word !== 'start' && word !== 'stop' && word !== 'restart') {
      console.log(JSON.stringify({ error: `There is no command "${word}".` }))
      continue
    }
    await broker[word]()
    console.log(JSON.stringify({ done: word }))
  }
} finally {
  await broker.close()
}
