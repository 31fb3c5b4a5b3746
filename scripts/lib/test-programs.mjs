import { readFile } from 'node:fs/promises'
import { sourceFiles } from './files.mjs'
import { root } from './root.mjs'

/** The folder of each GoogleTest program, which is also its place in a build. @type {Record<string, string>} */
const folders = { wsmq_unit_tests: 'tests/unit', messaging_tests: 'tests/messaging', native_tests: 'tests/native' }

/** @param {string} folder @returns {Promise<string[]>} the names of its tests as Suite.Test */
async function testsIn(folder) {
  const sources = await Promise.all((await sourceFiles([folder], /\.cpp$/)).map((file) => readFile(root + file, 'utf8')))
  return sources.flatMap((source) =>
    [...source.matchAll(/^(?:TYPED_)?TEST(?:_[FP])?\(\s*(\w+),\s*(\w+)\)/gm)].map(([, suite, test]) => `${suite}.${test}`),
  )
}

/**
 * The GoogleTest programs that have tests whose names hold a text.
 * @param {string} name
 * @returns {Promise<{ target: string, path: string }[]>} `path`: below the folder of a build
 */
export async function programsWith(name) {
  const programs = await Promise.all(
    Object.entries(folders).map(async ([target, folder]) => {
      const has = (await testsIn(folder)).some((test) => test.includes(name))
      return has ? [{ target, path: `${folder}/${target}` }] : []
    }),
  )
  return programs.flat()
}
