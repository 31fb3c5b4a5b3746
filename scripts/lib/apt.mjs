import { existsSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { run } from './run.mjs'

/** @param {string} output of apt-get */
export const isLocked = (output) => /could not get lock|unable to (?:acquire|lock)/i.test(output)

/**
 * Runs apt-get, and again while another package manager holds a lock: DPkg::Lock::Timeout waits for that of an
 * installation, but not for that of the package lists.
 * @param {readonly string[]} prefix words that make it run as root
 * @param {readonly string[]} command
 * @param {{ patience?: number, pause?: number }} [options] in milliseconds
 */
export async function runApt(prefix, command, { patience = 600_000, pause = 2000 } = {}) {
  const words = [...prefix, 'env', 'DEBIAN_FRONTEND=noninteractive', 'apt-get', '-o', 'DPkg::Lock::Timeout=600', '-qq', ...command]
  const [program = '', ...args] = words
  const end = performance.now() + patience
  for (let isTold = false; ; isTold = true) {
    const result = await run(program, args)
    if (result.code === 0 || !isLocked(result.output) || performance.now() >= end) return result
    if (!isTold) console.log('Another program is installing packages: waiting until it has finished ...')
    await sleep(pause)
  }
}

/**
 * Packages of servers start them, now and with the machine, at ports that everybody reaches (nginx, Caddy: 80). Tests start
 * their own, so that those just installed are switched off. Where systemd does not run, nothing was started.
 * @param {readonly string[]} prefix words that make it run as root
 * @param {readonly string[]} services
 * @param {(program: string, args: string[]) => Promise<unknown>} [runs]
 * @param {string} [systemd] exists where it runs
 */
export async function switchOff(prefix, services, runs = run, systemd = '/run/systemd/system') {
  if (services.length === 0 || !existsSync(systemd)) return
  const [program = '', ...args] = [...prefix, 'systemctl', 'disable', '--now', ...services]
  await runs(program, args)
}
