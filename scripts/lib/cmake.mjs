import { stat } from 'node:fs/promises'
import { availableParallelism } from 'node:os'
import { isInstalled } from './installed.mjs'
import { root } from './root.mjs'
import { must, timed } from './run.mjs'

// ccache shares objects between clones: paths below the clone count as relative.
process.env['CCACHE_BASEDIR'] ??= root
process.env['CCACHE_NOHASHDIR'] ??= 'true'
// CMake finds ccache for native code (cmake/compiler.cmake); Emscripten takes it from the environment.
if (isInstalled('ccache')) process.env['EM_COMPILER_WRAPPER'] ??= 'ccache'

/**
 * Configures (once, and after each change of the presets) and builds a preset of CMakePresets.json.
 * @param {string} preset
 * @param {{ live?: boolean, targets?: readonly string[] }} [options] all targets when none is named
 */
export async function buildPreset(preset, { live = false, targets = [] } = {}) {
  await timed(`Building ${preset}`, async () => {
    if (!(await isConfigured(preset))) await must('cmake', ['--preset', preset])
    const wanted = targets.length > 0 ? ['--target', ...targets] : []
    await must('cmake', ['--build', '--preset', preset, '--parallel', String(availableParallelism()), ...wanted], { live })
  })
}

/**
 * CMake itself notices changes of its lists, but not of the presets' variables.
 * @param {string} preset
 */
async function isConfigured(preset) {
  return (await changed(`build/${preset}/build.ninja`)) > (await changed('CMakePresets.json'))
}

/** When a file was changed, 0 where there is none. @param {string} file */
async function changed(file) {
  return stat(root + file).then(
    ({ mtimeMs }) => mtimeMs,
    () => 0,
  )
}
