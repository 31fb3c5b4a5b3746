// The programs that wsmq serve starts.
import { readFile } from 'node:fs/promises'

/** What a shell does, as the program of a service. @param {string} script */
export const shell = (script) => ['--', 'sh', '-c', script]

/** The processes that it has started and that are still there, zombies included. @param {import('./support.mjs').Running} one */
export async function childrenOf(one) {
  const text = await readFile(`/proc/${one.child.pid}/task/${one.child.pid}/children`, 'utf8')
  return text.split(' ').filter(Boolean)
}

/** Whether a process runs: neither gone nor a zombie. @param {string} pid */
export async function runs(pid) {
  const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => 'State: Z')
  return !/State:\s+Z/.test(status)
}
