import { copyFile, mkdir, readdir, rm } from 'node:fs/promises'
import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import { root as ours } from './root.mjs'

/**
 * Bundles the demo page's scripts and styles into demo/page/app/, as a user of the package would: through its exports, with the
 * module and the workers as files beside.
 * @param {{ root?: string, debug?: boolean }} [options] `root`: of the work tree, with a slash at its end
 */
export async function buildPage({ root = ours, debug = false } = {}) {
  const { build } = await import('esbuild') // npm start installs it first
  const folder = `${root}demo/page/app/`
  const dist = `${root}dist/`
  await mkdir(folder, { recursive: true })
  const before = new Set(await readdir(folder))
  const { metafile } = await build({
    absWorkingDir: root,
    entryPoints: { app: `${root}demo/src/main.tsx`, style: `${root}demo/src/style/index.css` },
    outdir: folder,
    bundle: true,
    splitting: true,
    format: 'esm',
    target: ['es2022', 'chrome123', 'firefox121', 'safari17.5'],
    chunkNames: '[name]-[hash]',
    assetNames: '[name]-[hash]',
    loader: { '.wasm': 'file', '.woff2': 'file' },
    minify: !debug,
    sourcemap: debug,
    legalComments: 'none',
    logLevel: 'warning',
    metafile: true,
    define: { 'process.env.NODE_ENV': JSON.stringify(debug ? 'development' : 'production') },
    tsconfigRaw: { compilerOptions: { jsx: 'react-jsx', jsxImportSource: 'preact', useDefineForClassFields: true } },
  })
  const written = new Set(Object.keys(metafile.outputs).map((file) => resolve(root, file).slice(folder.length)))
  // The package finds its workers beside its script, and the browser's debugger the module's source map.
  for (const name of [
    'timer.js',
    'worker.js',
    'webapp-worker.js',
    ...(existsSync(`${dist}wsmq-webapp.wasm.map`) ? ['wsmq-webapp.wasm.map'] : []),
  ]) {
    await copyFile(dist + name, folder + name)
    written.add(name)
  }
  for (const name of before) if (!written.has(name)) await rm(folder + name, { recursive: true })
}
