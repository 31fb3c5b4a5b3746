import { once } from 'node:events'
import { type AddressInfo, connect } from 'node:net'
import { type RawData, WebSocketServer } from 'ws'

/**
 * WebSockets in front of a broker's TCP port. Mosquitto closes a WebSocket before the DISCONNECT that says why is out;
 * over TCP it says so.
 */
export async function bridgeToTcp({ tcpPort }: { tcpPort: number }): Promise<{ url: string; accepted(): number; close(): Promise<void> }> {
  const server = new WebSocketServer({ host: '127.0.0.1', port: 0, handleProtocols: (offered) => [...offered][0] ?? false })
  let accepted = 0
  server.on('connection', (page) => {
    accepted += 1
    const broker = connect(tcpPort, '127.0.0.1')
    page.on('message', (data: RawData) => broker.write(data as Buffer))
    broker.on('data', (data) => page.send(data))
    page.on('close', () => broker.destroy())
    broker.on('close', () => page.close())
    broker.on('error', () => page.close())
  })
  await once(server, 'listening')
  return {
    url: `ws://127.0.0.1:${(server.address() as AddressInfo).port}/ws_mqtt`,
    accepted: () => accepted,
    async close() {
      for (const page of server.clients) page.terminate()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}
