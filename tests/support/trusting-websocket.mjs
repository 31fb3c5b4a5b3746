import { readFile } from 'node:fs/promises'
import { WebSocket } from 'ws'

/**
 * The package under Node connects to servers whose certificate the authority in this file has signed. Before its first
 * connection.
 * @param {string} authority
 */
export async function trust(authority) {
  const ca = await readFile(authority)
  const Trusting = class extends WebSocket {
    /** @param {string} url @param {string[]} protocols */
    constructor(url, protocols) {
      super(url, protocols, { ca })
    }
  }
  Object.defineProperty(globalThis, 'WebSocket', { value: Trusting, configurable: true, writable: true })
}
