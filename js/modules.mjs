// Bundles the entries as ES modules. Rollup, since it puts what an entry loads at once into one file, from which the
// scripts that are loaded for an option import: esbuild would make a file of every set of modules that some of these
// share, and brotli compresses many small files worse.
import { readFile } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import { transform } from 'esbuild'
import { rollup } from 'rollup'

/**
 * Returns the names of the files, all in `folder`.
 * @param {object} options
 * @param {Record<string, string>} options.entries what share a module are bundled together
 * @param {string} options.prefix of the names of their chunks
 * @param {string} options.folder
 * @param {(string | RegExp)[]} options.external
 * @param {(name: string) => string | undefined} options.fileOf of a name such as `wsmq:embedded`
 */
export async function bundleModules({ entries, prefix, folder, external, fileOf }) {
  const bundle = await rollup({
    input: entries,
    external: [...external, 'ws', /^node:/],
    plugins: [typescript(fileOf)],
    onwarn: (warning) => {
      throw new Error(warning.message)
    },
  })
  const { output } = await bundle.write({
    dir: folder,
    format: 'es',
    entryFileNames: '[name].js',
    chunkFileNames: `${prefix}.[name]-[hash].js`,
    sourcemap: true,
    hashCharacters: 'base36',
    hoistTransitiveImports: false,
  })
  await bundle.close()
  return output.filter(({ type }) => type === 'chunk').map(({ fileName }) => fileName)
}

/** @param {(name: string) => string | undefined} fileOf @returns {import('rollup').Plugin} */
function typescript(fileOf) {
  return {
    name: 'typescript',
    resolveId(id, importer) {
      const file = fileOf(id) ?? (id.startsWith('.') && importer?.endsWith('.ts') ? resolve(dirname(importer), id) : undefined)
      return file === undefined ? null : { id: file.replace(/\.js$/, '.ts'), moduleSideEffects: !importer?.endsWith('.ts') }
    },
    async load(file) {
      if (!file.endsWith('.ts')) return null
      const { code, map } = await transform(await readFile(file, 'utf8'), {
        loader: 'ts',
        target: 'es2022',
        sourcemap: true,
        sourcefile: file,
      })
      return { code, map }
    },
  }
}
