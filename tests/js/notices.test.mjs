// The package carries the licences of what others wrote of it: of what the linker took, what the sources include, and what
// the scripts are made of.
import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { readdir, readFile } from 'node:fs/promises'
import { basename, join, relative, resolve } from 'node:path'
import { before, describe, it } from 'node:test'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { describe as describeLicence } from '../../js/debian-copyright.mjs'

const root = fileURLToPath(new URL('../../', import.meta.url))
const file = 'dist/THIRD-PARTY-NOTICES.txt'

/** Words alone: comments are laid out in many ways. @param {string} text */
const words = (text) => text.replaceAll(/[^\p{L}\p{N}@<>.]+/gu, ' ').trim()

/** @param {string} folder below the root @param {RegExp} names @returns {Promise<string[]>} */
async function filesOf(folder, names) {
  return (await readdir(join(root, folder), { recursive: true })).filter((name) => names.test(name)).map((name) => join(root, folder, name))
}

describe('the notices in the package', () => {
  /** @type {string} */
  let notices
  before(async () => {
    notices = words(await readFile(root + file, 'utf8'))
  })
  /** @param {string} text @param {string} [why] */
  const has = (text, why = text) => assert.ok(notices.includes(words(text)), why)

  it('are packed, beside the licence of the rest', async () => {
    const { stdout } = await promisify(execFile)('npm', ['pack', '--dry-run', '--json', '--ignore-scripts'], { cwd: root })
    const paths = JSON.parse(stdout)[0].files.map((/** @type {{ path: string }} */ { path }) => path)
    for (const path of [file, 'LICENSE', 'dist/wsmq.wasm']) assert.ok(paths.includes(path), path)
  })

  it('name whoever claims a linked source file', async () => {
    const emscripten = (await readFile(`${root}build/wasm/linked/emscripten-root`, 'utf8')).trim()
    const sources = (await readdir(join(emscripten, 'system/lib'), { recursive: true })).filter((name) => /\.(c|cpp|S)$/i.test(name))
    /** The folders that the libraries are made from. @type {Record<string, RegExp>} */
    const folders = { libc: /^libc\//, 'libc++': /^libcxx\//, 'libc++abi': /^libcxxabi\//, 'libclang_rt.builtins': /^compiler-rt\// }
    let claimed = 0
    for (const module of ['wsmq', 'wsmq-webapp'])
      for (const line of (await readFile(`${root}build/wasm/linked/${module}.extracted`, 'utf8')).split('\n').slice(1)) {
        const [, library = '', member = ''] = /([^/]+?)(?:-noexcept)?\.a\((.*)\.o\)$/.exec(line.split('\t')[1] ?? '') ?? []
        const within = folders[library] ?? (/^libwsmq_/.test(library) || library === '' ? /^$/ : /^[^/]*$/)
        for (const source of sources.filter((name) => within.test(name) && basename(name).replace(/\.[^.]*$/, '') === member)) {
          const text = await readFile(join(emscripten, 'system/lib', source), 'utf8')
          for (const [, claim = ''] of text.matchAll(/^[/* \t]*(Copyright (?:\(c\) )?\d{4}.*)$/gim)) {
            claimed += 1
            if (!/The Emscripten Authors/.test(claim)) has(claim, `${source}: ${claim}`)
          }
        }
      }
    assert.ok(claimed > 50, `${claimed} claims`)
  })

  it('hold the terms of each', () => {
    for (const holder of ['The Emscripten Authors', 'Rich Felker, et al.', 'Arm Limited', 'Niels Lohmann', 'Bjoern Hoehrmann']) has(holder)
    has('The above copyright notice and this permission notice shall be included in all copies or substantial portions of the Software')
    has('Redistributions in binary form must reproduce the above copyright notice, this list of conditions and the following disclaimer')
    has('Apache License Version 2.0, January 2004')
    assert.match(notices, /LLVM exception/i)
  })

  it('cover every library that our sources include', async () => {
    const sources = (await Promise.all(['core', 'messaging', 'wasm'].map((folder) => filesOf(folder, /\.[ch]pp$/)))).flat()
    /** @type {Set<string>} */
    const foreign = new Set()
    for (const source of sources)
      for (const [, header = ''] of (await readFile(source, 'utf8')).matchAll(/^#include <([^>]+)>/gm))
        if (header.includes('/')) foreign.add(header.split('/')[0] ?? '')
    foreign.delete('wsmq')
    assert.deepEqual([...foreign].sort(), ['emscripten', 'nlohmann'])
  })

  it('need not cover more: the scripts are made of ours and of the module', async () => {
    const maps = await filesOf('dist', /^[^/]*\.map$/)
    assert.ok(maps.length >= 6)
    for (const map of maps)
      for (const source of JSON.parse(await readFile(map, 'utf8')).sources) {
        const path = relative(root, resolve(root, 'dist', source))
        assert.match(path, /^(js\/src|build\/wasm)\//, `${basename(map)}: ${path}`)
        assert.ok(existsSync(root + path), path)
      }
  })
})

describe("Debian's copyright files", () => {
  const text = `Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/

Files: *
Copyright: 2020 Ann
License: Expat

Files:
 lib/part/*
 lib/other.c
Copyright:
  2021  Bob
License: Short or Other
 The notice.
 .
 Its second part.

Files: tests/*
Copyright: 2022 Eve
License: Long

License: Expat
 Permission is granted.

License: Other
 Others may.

License: Long
 Nobody needs this.
`
  it('give copyright and terms of what is asked for, and of nothing else', () => {
    const all = describeLicence(text, ['*', 'lib/*'])
    for (const wanted of ['2020 Ann', '2021  Bob', 'The notice.\n\nIts second part.', 'Permission is granted.', 'Others may.'])
      assert.ok(all.includes(wanted), wanted)
    for (const unwanted of ['Eve', 'Nobody']) assert.ok(!all.includes(unwanted), unwanted)
    assert.ok(!describeLicence(text, ['*']).includes('Bob'))
    assert.ok(describeLicence(text, ['lib/other.c']).includes('Bob'))
  })

  it('that say nothing of it are an error', () => {
    assert.throws(() => describeLicence(text, ['elsewhere/*']), /elsewhere/)
  })
})
