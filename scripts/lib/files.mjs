import { run } from './run.mjs'

/**
 * Files of the work tree with a given ending, tracked or new, except those that git ignores.
 * @param {readonly string[]} folders
 * @param {RegExp} ending
 */
export async function sourceFiles(folders, ending) {
  const { output } = await run('git', ['ls-files', '--cached', '--others', '--exclude-standard', '--deduplicate', '--', ...folders])
  return output.split('\n').filter((file) => ending.test(file))
}
