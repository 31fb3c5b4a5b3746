// node scripts/minify-glue.mjs INPUT OUTPUT: Emscripten's script, minified. CMake calls it after each link.
// Terser rather than Closure: Closure's renaming breaks the WebSocket events. The output is split into lines, because Node
// prints the line of an uncaught error; the line with the wasm never throws.
import { readFile, writeFile } from 'node:fs/promises'
import { asciiWasm } from './lib/ascii-wasm.mjs'

const [input, output] = process.argv.slice(2)
if (!input || !output) throw new Error('usage: minify-glue.mjs INPUT OUTPUT')
const source = asciiWasm(await readFile(input, 'utf8'))

// The module can be built before `npm ci`: its script is then larger.
const terser = await import('terser').catch(() => undefined)
const minified = terser
  ? await terser.minify(source, { module: true, compress: { passes: 2 }, mangle: true, format: { ascii_only: true, max_line_len: 500 } })
  : { code: source }
await writeFile(output, minified.code ?? source)
