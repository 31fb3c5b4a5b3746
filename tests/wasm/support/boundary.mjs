// The description of what C++ and JavaScript share, as a test reads it.
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'

/** @param {string} name of a module in wasm/boundary */
async function load(name) {
  const entry = fileURLToPath(new URL(`../../../wasm/boundary/${name}.ts`, import.meta.url))
  const { outputFiles } = await build({ entryPoints: [entry], bundle: true, format: 'esm', write: false })
  return import(`data:text/javascript,${encodeURIComponent(outputFiles[0]?.text ?? '')}`)
}

/** @type {{ errorNames: readonly string[] }} */
export const { errorNames } = await load('engine')
/** @type {{ layerErrorNames: readonly string[] }} */
export const { layerErrorNames } = await load('layer')
