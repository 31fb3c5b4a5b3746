import { existsSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { root } from './root.mjs'
import { must, timed } from './run.mjs'

// A clone elsewhere may use what another one compiled: paths below the clone are taken as relative.
process.env['CCACHE_BASEDIR'] ??= root
process.env['CCACHE_NOHASHDIR'] ??= 'true'

/**
 * Configures (once) and builds a preset of CMakePresets.json.
 * @param {string} preset
 * @param {{ live?: boolean }} [options]
 */
export async function buildPreset(preset, { live = false } = {}) {
  await timed(`Building ${preset}`, async () => {
    if (!existsSync(`${root}build/${preset}/build.ninja`)) await must('cmake', ['--preset', preset])
    await must('cmake', ['--build', '--preset', preset, '--parallel', String(availableParallelism())], { live })
  })
}
