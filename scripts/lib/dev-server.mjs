import { startDemo } from './demo.mjs'
import { LiveReload } from './live-reload.mjs'
import { root as ours } from './root.mjs'
import { seconds } from './run.mjs'
import { watchSources } from './watch.mjs'

/**
 * @typedef {object} DevOptions
 * @property {() => Promise<void>} buildModule
 * @property {() => Promise<void>} buildPackage
 * @property {() => Promise<void>} buildPage
 * @property {number} [port] of the page; 0 is any free one
 * @property {string} [root] the work tree, with a slash at its end
 */

/** The demo, whose page reloads once what has changed is built. @param {DevOptions} options */
export async function startDev({ buildModule, buildPackage, buildPage, port = 0, root = ours }) {
  const live = new LiveReload(`${root}demo/page/index.html`)
  const demo = await startDemo(port, { root, live })
  const what = { folders: ['demo/page'], trees: ['demo/src', 'core', 'messaging', 'wasm', 'js'] }
  /** Of changes that did not build. @type {readonly string[]} */
  let unbuilt = []
  const stop = await watchSources(root, what, async (changed) => {
    const files = [...new Set([...unbuilt, ...changed])]
    const start = performance.now()
    try {
      const isModule = files.some((file) => /^(?:core|messaging|wasm)\//.test(file))
      if (isModule) await buildModule()
      const isPackage = isModule || files.some((file) => file.startsWith('js/'))
      if (isPackage) await buildPackage()
      if (isPackage || files.some((file) => file.startsWith('demo/src/'))) await buildPage()
      unbuilt = []
      live.reload()
      console.log(`Reloaded, ${seconds(performance.now() - start)} after a change of ${files.join(', ')}`)
    } catch (error) {
      // The page stays as it was until a later change builds.
      unbuilt = files
      console.error(`${/** @type {Error} */ (error).message}\nNot reloaded: ${files.join(', ')} does not build.`)
    }
  })
  return {
    demo,
    url: demo.url,
    async close() {
      stop()
      await demo.close()
    },
  }
}
