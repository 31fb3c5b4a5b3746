import { watch } from 'node:fs'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'

const settling = 50 // milliseconds; an editor saves a file in several steps
const source = /\.(?:[ch]pp|[mc]?[jt]sx?|json|css|html|svg|txt|cmake)$/

/** @param {string} root @param {string} folder @returns {Promise<string[]>} it and the folders below it */
async function foldersBelow(root, folder) {
  const entries = await readdir(join(root, folder), { withFileTypes: true, recursive: true })
  const below = entries.filter((entry) => entry.isDirectory()).map((entry) => join(entry.path, entry.name).slice(root.length))
  return [folder, ...below]
}

/**
 * Reports changes of sources. Each report waits for the work of the one before, and holds all that has changed since.
 * @param {string} root with a slash at its end
 * @param {{ folders: readonly string[], trees: readonly string[] }} what `trees` are watched with the folders below them
 * @param {(files: readonly string[]) => Promise<void>} changed names below `root`
 * @returns {Promise<() => void>} ends it
 */
export async function watchSources(root, { folders, trees }, changed) {
  /** @type {Set<string>} */
  const files = new Set()
  /** @type {NodeJS.Timeout | undefined} */
  let timer
  let isWorking = false
  const report = async () => {
    if (isWorking) return
    isWorking = true
    while (files.size > 0) {
      const found = [...files]
      files.clear()
      await changed(found)
    }
    isWorking = false
  }
  const all = [...folders, ...(await Promise.all(trees.map((tree) => foldersBelow(root, tree)))).flat()]
  const watchers = all.map((folder) =>
    watch(join(root, folder), (_, name) => {
      if (name === null || !source.test(name)) return
      files.add(join(folder, name))
      clearTimeout(timer)
      timer = setTimeout(report, settling)
    }),
  )
  return () => {
    clearTimeout(timer)
    for (const watcher of watchers) watcher.close()
  }
}
