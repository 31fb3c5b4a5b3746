// node scripts/bundle-glue.mjs ENTRY OUTPUT: a module of wasm/ with all that it imports, as a script that shares the scope
// of Emscripten's code. CMake calls it before each link.
import { mkdir, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { build } from 'esbuild'

const [entry, output] = process.argv.slice(2)
if (!entry || !output) throw new Error('usage: bundle-glue.mjs ENTRY OUTPUT')

// Names are kept, for library.js calls the exports by theirs; constants of the boundary are inlined.
const { outputFiles } = await build({
  entryPoints: [entry],
  bundle: true,
  format: 'esm',
  target: 'es2022',
  minifySyntax: true,
  legalComments: 'none',
  write: false,
})
const text = outputFiles[0]?.text ?? ''
const list = /^export \{([^}]*)\};\s*$/m
const exported = list.exec(text)?.[1] ?? ''
if (exported === '' || / as /.test(exported)) throw new Error(`${entry} exports nothing, or a name twice: ${exported}`)
await mkdir(dirname(output), { recursive: true })
await writeFile(output, text.replace(list, ''))
