import assert from 'node:assert/strict'
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, it } from 'node:test'
import { build } from 'esbuild'
import { root } from '../../scripts/lib/root.mjs'
import { unpackPackage } from '../support/packed.mjs'
import { buildPages, bundlers, scriptsIn } from './build.mjs'

/** @type {string} */
let folder
/** @type {string} */
let unpacked
before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'wsmq-bundlers-'))
  unpacked = await unpackPackage(`${root}build/packed-for-bundlers`)
})
after(() => rm(folder, { recursive: true, force: true }))

for (const [index, name] of Object.keys(bundlers).entries())
  it(`${name}: what comes out imports nothing that is not there`, async () => {
    const out = await buildPages(name, `${folder}/${index}`, unpacked)
    const scripts = await scriptsIn(out)
    assert.ok(scripts.length >= 2)
    // Nothing is external: an import that leads nowhere is an error.
    await build({ entryPoints: scripts, bundle: true, format: 'esm', outdir: `${folder}/checked`, write: false, logLevel: 'silent' })
  })

it('vite: each separate wasm comes along, once', async () => {
  const out = await buildPages('vite', `${folder}/wasm`, unpacked)
  const files = (await readdir(out, { recursive: true })).filter((file) => file.endsWith('.wasm'))
  assert.deepEqual(files.map((file) => file.includes('wsmq-webapp')).sort(), [false, true])
  for (const file of files) assert.deepEqual([...(await readFile(`${out}/${file}`)).subarray(0, 4)], [0, 0x61, 0x73, 0x6d])
})

for (const [name, entry] of [
  ['connect', 'index'],
  ['Webapp', 'webapp'],
])
  it(`a page that uses nothing of ${entry}.js carries nothing of it`, async () => {
    const { outputFiles } = await build({
      stdin: {
        contents: `import { ${name} } from './dist/${entry}.js'; console.log(1)`,
        resolveDir: new URL('../../', import.meta.url).pathname,
      },
      bundle: true,
      format: 'esm',
      write: false,
      logLevel: 'silent',
    })
    assert.ok((outputFiles[0]?.contents.length ?? Infinity) < 200)
  })
