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
 * CI builds once, from nothing. ccache, which keeps objects for the next time, would only cost there where no other build takes
 * them, and precompiled headers, which cost ccache its hits, save a third of the time of a small test.
 * @type {Record<string, { options?: readonly string[] }>}
 */
const onCi = {
  debug: { options: ['-DWSMQ_PRECOMPILE=ON', '-DCMAKE_CXX_FLAGS_DEBUG=-g1'] },
  sanitize: { options: ['-DWSMQ_PRECOMPILE=ON'] },
  tsan: { options: ['-DWSMQ_PRECOMPILE=ON'] },
  fuzz: {},
  'wasm-test': {},
}

/** How a preset is configured and built here. @param {string} preset @returns {{ options: readonly string[], env: Record<string, string> }} */
function settingsOf(preset) {
  const settings = process.env['CI'] ? onCi[preset] : undefined
  return { options: settings?.options ?? [], env: settings ? { CCACHE_DISABLE: 'true' } : {} }
}

/**
 * Configures (once, and after each change of the presets) and builds a preset of CMakePresets.json.
 * @param {string} preset
 * @param {{ live?: boolean, targets?: readonly string[] }} [options] all targets when none is named
 */
export async function buildPreset(preset, { live = false, targets = [] } = {}) {
  await timed(`Building ${preset}`, async () => {
    const { options, env } = settingsOf(preset)
    if (!(await isConfigured(preset))) await must('cmake', ['--preset', preset, ...options], { env })
    const wanted = targets.length > 0 ? ['--target', ...targets] : []
    await must('cmake', ['--build', '--preset', preset, '--parallel', String(availableParallelism()), ...wanted], { live, env })
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
