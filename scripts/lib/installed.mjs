import { existsSync } from 'node:fs'

/** @param {string} program a name, or a path @returns {boolean} */
export function isInstalled(program) {
  if (program.includes('/')) return existsSync(program)
  const directories = [...(process.env['PATH'] ?? '').split(':'), '/usr/sbin', '/usr/local/sbin']
  return directories.some((directory) => existsSync(`${directory}/${program}`))
}
