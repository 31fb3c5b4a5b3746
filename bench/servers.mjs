// What the pages talk to: the file server, the sink, and Mosquitto with its collector.
import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { createServer } from 'node:http'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { startBroker } from '../tests/support/broker.mjs'
import { serveFiles } from '../tests/support/static-files.mjs'

/** @param {string} relative */
const path = (relative) => fileURLToPath(new URL(relative, import.meta.url))

const roots = {
  '/bench/': path('./'),
  '/dist/': path('../dist/'),
  '/peers/paho/': path('../node_modules/paho-mqtt/'),
  '/peers/mqtt/': path('../node_modules/mqtt/dist/'),
}

/** Isolated from other origins, so that performance.now() has a resolution of 5 microseconds. */
const headers = {
  'X-Content-Type-Options': 'nosniff',
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Embedder-Policy': 'require-corp',
}

export async function startFiles() {
  const answer = serveFiles(roots, headers)
  const server = createServer((request, response) => void answer(request, response).catch(() => response.destroy()))
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `http://127.0.0.1:${/** @type {import('node:net').AddressInfo} */ (server.address()).port}`,
    close: () => {
      server.closeAllConnections()
      server.close()
    },
  }
}

/** Starts a script as a process of its own; it ends with its standard input. @param {string} file @param {string[]} parameters */
async function startScript(file, parameters = []) {
  const child = spawn(process.execPath, [path(file), ...parameters], { stdio: ['pipe', 'pipe', 'inherit'] })
  const [line] = await Promise.race([
    once(child.stdout.setEncoding('utf8'), 'data'),
    once(child, 'exit').then(() => {
      throw new Error(`${file} ended before it was ready`)
    }),
  ])
  return { line: line.trim(), close: () => child.stdin.end() }
}

export async function startSink() {
  const { line, close } = await startScript('exchange/sink.mjs')
  return { url: `ws://127.0.0.1:${line}/mqtt`, close }
}

const service = path('../build/release/bench/native/bench_service')

/** The demo service in C++; null where it is not built. @param {{ tcpPort: number }} broker */
export async function startService(broker) {
  if (!existsSync(service)) return null
  const child = spawn(service, {
    env: { ...process.env, WSMQ_URL: `mqtt://127.0.0.1:${broker.tcpPort}`, WSMQ_ROOT: 'bench/' },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  await Promise.race([
    once(child.stdout, 'data'),
    once(child, 'exit').then(() => {
      throw new Error('The demo service ended before it was ready')
    }),
  ])
  return { close: () => child.kill('SIGTERM') }
}

export async function startMosquitto() {
  const broker = await startBroker()
  const collector = await startScript('exchange/collector.mjs', [String(broker.tcpPort)])
  return {
    url: broker.url,
    tcpPort: broker.tcpPort,
    async close() {
      if (!broker.running) console.error(`Mosquitto has ended:\n${broker.log}`)
      collector.close()
      await broker.close()
    },
  }
}
