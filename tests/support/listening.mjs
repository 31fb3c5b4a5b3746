import { readdir, readFile, readlink } from 'node:fs/promises'

/**
 * @typedef {object} Listener
 * @property {number} pid
 * @property {string} inode of the socket
 * @property {string} address as ss prints it: 127.0.0.1, ::1; 0.0.0.0 and :: are all addresses of the machine
 * @property {number} port
 */

const listen = '0A' // the state's number in /proc/net/tcp

/**
 * The TCP listeners of a process and its descendants, as the kernel reports them (Linux).
 * @param {number} [root] this process by default
 * @returns {Promise<Listener[]>}
 */
export async function listeners(root = process.pid) {
  const sockets = await listeningSockets()
  const perProcess = (await descendants(root)).map(async (pid) =>
    (await socketsOf(pid)).flatMap((inode) => {
      const socket = sockets.get(inode)
      return socket ? [{ pid, inode, ...socket }] : []
    }),
  )
  return (await Promise.all(perProcess)).flat()
}

/** @param {{ address: string }} listener */
export const isLoopback = ({ address }) => address === '::1' || /^(::ffff:)?127\./.test(address)

/** All listening sockets of the machine, by inode. */
export async function listeningSockets() {
  const tables = await Promise.all(['tcp', 'tcp6'].map((name) => readFile(`/proc/net/${name}`, 'utf8').catch(() => '')))
  return new Map(tables.flatMap(parseTable))
}

/**
 * The listening sockets in the text of /proc/net/tcp or tcp6.
 * @param {string} text
 * @returns {[inode: string, socket: { address: string, port: number }][]}
 */
export function parseTable(text) {
  return text
    .split('\n')
    .map((line) => line.trim().split(/\s+/))
    .filter((fields) => fields[3] === listen)
    .map((fields) => {
      const [address = '', port = ''] = (fields[1] ?? '').split(':')
      return [fields[9] ?? '', { address: addressOf(address), port: parseInt(port, 16) }]
    })
}

/** The kernel prints an address as numbers of 32 bits, each in the machine's own order of bytes. @param {string} hex */
function addressOf(hex) {
  const bytes = Buffer.from(hex, 'hex').swap32()
  if (bytes.length === 4) return bytes.join('.')
  const groups = Array.from({ length: 8 }, (_, i) => bytes.readUInt16BE(2 * i).toString(16)).join(':')
  const { hostname } = new URL(`http://[${groups}]`)
  const address = hostname.slice(1, -1)
  return address.startsWith('::ffff:') ? `::ffff:${bytes.subarray(12).join('.')}` : address
}

/** @param {number} pid @returns {Promise<string[]>} inodes */
async function socketsOf(pid) {
  const directory = `/proc/${pid}/fd`
  const names = await readdir(directory).catch(() => []) // it has ended, or is somebody else's
  const targets = await Promise.all(names.map((name) => readlink(`${directory}/${name}`).catch(() => '')))
  return targets.flatMap((target) => /^socket:\[(\d+)\]$/.exec(target)?.[1] ?? [])
}

/** @param {number} root @returns {Promise<number[]>} itself included */
async function descendants(root) {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name)).map(Number)
  const pairs = await Promise.all(pids.map(async (pid) => /** @type {const} */ ([pid, await parentOf(pid)])))
  const all = [root]
  for (const parent of all) all.push(...pairs.filter(([, of]) => of === parent).map(([pid]) => pid))
  return all
}

/** @param {number} pid */
async function parentOf(pid) {
  const status = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '')
  // pid (name) state parent: the name may hold spaces and brackets
  return Number(status.slice(status.lastIndexOf(')') + 2).split(' ')[1] ?? 0)
}
