// Whose work is inside of the module besides ours, and under which licences: dist/THIRD-PARTY-NOTICES.txt. The texts are
// those of the machine that builds, of the very versions that are linked.
import { existsSync } from 'node:fs'
import { readdir, readFile } from 'node:fs/promises'
import { basename, extname, join } from 'node:path'
import { describe } from './debian-copyright.mjs'

/** Whose each library is that the linker takes something from, by its name without the variant. @type {Record<string, string>} */
const owners = {
  libwsmq_core: 'websocket-mq',
  libwsmq_messaging: 'websocket-mq',
  libc: 'musl',
  'libc++': 'LLVM',
  'libc++abi': 'LLVM',
  'libclang_rt.builtins': 'LLVM',
  libembind: 'Emscripten',
  libemmalloc: 'Emscripten',
  libhtml5: 'Emscripten',
  libnoexit: 'Emscripten',
  libstubs: 'Emscripten',
}

/**
 * @param {string} wasm the folder of the built modules
 * @returns {Promise<string>}
 */
export async function notices(wasm) {
  const emscripten = (await readFile(`${wasm}linked/emscripten-root`, 'utf8')).trim()
  const members = await extracted(`${wasm}linked/`)
  for (const { library } of members) if (!owners[library]) throw new Error(`${library}.a is linked: add to js/notices.mjs whose it is.`)
  const fromMusl = members.filter(({ library }) => owners[library] === 'musl').map(({ member }) => member)

  const llvm = ['compiler-rt', 'libcxx', 'libcxxabi']
  const debian = join(emscripten, '../doc/emscripten/copyright')
  const sections = [
    section('Emscripten: what is called from the module, and what loads it', [await licence([join(emscripten, 'LICENSE')], debian, ['*'])]),
    section('musl: the C library', [
      await readFile(join(emscripten, 'system/lib/libc/musl/COPYRIGHT'), 'utf8'),
      'From the source files that are linked:',
      ...(await comments(join(emscripten, 'system/lib/libc'), fromMusl)),
    ]),
    section('LLVM: compiler-rt, libc++ and libc++abi', [
      await licence(
        llvm.map((folder) => join(emscripten, 'system/lib', folder, 'LICENSE.TXT')),
        debian,
        llvm.map((folder) => `system/lib/${folder}/*`),
      ),
    ]),
    section('nlohmann/json: JSON for Modern C++ (wsmq-webapp.wasm, webapp.js)', [
      await licence(['/usr/share/licenses/nlohmann-json/LICENSE.MIT'], '/usr/share/doc/nlohmann-json3-dev/copyright', ['*', 'include/*']),
    ]),
  ]
  const head = 'websocket-mq is under the licence in LICENSE. The module and what loads it contain parts of the following.\n'
  return [head, ...sections].join('\n')
}

/** @param {string} title @param {string[]} texts */
const section = (title, texts) => `${'='.repeat(80)}\n${title}\n${'='.repeat(80)}\n\n${texts.map((text) => `${text.trim()}\n`).join('\n')}`

/**
 * What the linker took, of all modules.
 * @param {string} folder
 * @returns {Promise<{ library: string, member: string }[]>}
 */
async function extracted(folder) {
  const files = (await readdir(folder)).filter((name) => name.endsWith('.extracted'))
  if (files.length === 0) throw new Error(`${folder} does not say what is linked. Build the module again: npm run build`)
  const lines = (await Promise.all(files.map((file) => readFile(folder + file, 'utf8')))).flatMap((text) => text.split('\n').slice(1))
  const names = [...new Set(lines.flatMap((line) => line.split('\t')[1] ?? []))]
  return names.map((name) => {
    const [, library = '', member = ''] = /([^/]+?)(?:-noexcept|-debug|-mt)*\.a\((.+)\)$/.exec(name) ?? [undefined, name]
    return { library, member }
  })
}

/**
 * The texts of `files`, as the sources have them, each text once; where Debian has left these out, what its own file says.
 * @param {string[]} files
 * @param {string} debian
 * @param {string[]} patterns of Files in Debian's file
 */
async function licence(files, debian, patterns) {
  if (files.every((file) => existsSync(file))) {
    const texts = await Promise.all(files.map((file) => readFile(file, 'utf8')))
    return [...new Set(texts)].join('\n')
  }
  if (!existsSync(debian)) throw new Error(`The package has to carry a licence that is neither at ${files.join(', ')} nor at ${debian}.`)
  return describe(await readFile(debian, 'utf8'), patterns)
}

/**
 * What linked source files say of their licence: each comment once that speaks of it.
 * @param {string} folder
 * @param {string[]} members object files
 */
async function comments(folder, members) {
  const wanted = new Set(members.map((member) => basename(member, '.o')))
  const sources = (await readdir(folder, { recursive: true })).filter(
    (file) => /\.[cS]$/i.test(file) && wanted.has(basename(file, extname(file))),
  )
  const texts = await Promise.all(sources.map((file) => readFile(join(folder, file), 'utf8')))
  const found = texts.flatMap((text) => text.match(/\/\*[^]*?\*\/|(?:^\/\/.*\n)+/gm) ?? []).filter((comment) => /copyright/i.test(comment))
  return [...new Set(found.map(plain))].sort()
}

/** A comment without its marks. @param {string} comment */
const plain = (comment) =>
  comment
    .replace(/^\/\*+|\*+\/$/g, '')
    .replace(/^[ \t]*(?:\*|\/\/)? ?/gm, '')
    .replace(/^[=\-\s]+$/gm, '')
    .trim()
