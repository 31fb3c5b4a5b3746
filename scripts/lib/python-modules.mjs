import { relative } from 'node:path'
import { root } from './root.mjs'
import { must, timed } from './run.mjs'
import { Stamp } from './stamp.mjs'

/**
 * The programs of a virtual environment of Python, made of requirements.txt in this folder where that has not been done.
 * @param {string} folder with a slash at its end
 * @returns {Promise<string>} the folder of its programs, with a slash at its end
 */
export async function pythonPrograms(folder) {
  const programs = `${folder}.venv/bin/`
  const stamp = new Stamp([`${folder}requirements.txt`], `${folder}.venv/.installed`)
  const install = async () => {
    await must('python3', ['-m', 'venv', '--clear', `${folder}.venv`])
    await must(`${programs}pip`, ['install', '--quiet', '--no-compile', '--require-hashes', '--requirement', `${folder}requirements.txt`], {
      whenItFails: 'pip failed. Check that PyPI can be reached, then run this again.',
    })
  }
  await stamp.once(() => timed(`Installing the Python packages of ${relative(root, folder)}`, install))
  return programs
}
