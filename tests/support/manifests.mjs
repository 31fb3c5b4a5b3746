import { execFile } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { pythonPrograms } from '../../scripts/lib/python-modules.mjs'
import { root } from '../../scripts/lib/root.mjs'

const run = promisify(execFile)
const programs = () => pythonPrograms(`${root}tests/support/kubernetes-validate/`)

/** What a folder's kustomization.yaml makes, as one text. @param {string} folder */
export async function built(folder) {
  return (await run('kubectl', ['kustomize', folder])).stdout
}

/**
 * Resources of Kubernetes as values, in the order of the text.
 * @param {string} text @returns {Promise<any[]>}
 */
export async function parsed(text) {
  const program = 'import json, sys, yaml; print(json.dumps([each for each in yaml.safe_load_all(sys.stdin) if each]))'
  const running = run(`${await programs()}python`, ['-c', program])
  running.child.stdin?.end(text)
  return JSON.parse((await running).stdout)
}

/**
 * Checks resources against the schemas of Kubernetes; members that a schema does not have count as errors.
 * @param {string} text
 * @returns {Promise<string>} what the validator printed; rejects where something is wrong
 */
export async function validated(text) {
  const directory = await mkdtemp(join(tmpdir(), 'wsmq-manifests-'))
  try {
    const file = join(directory, 'all.yaml')
    await writeFile(file, text)
    return (await run(`${await programs()}kubernetes-validate`, ['--strict', file])).stdout
  } finally {
    await rm(directory, { recursive: true, force: true })
  }
}
