// A project that is not ours finds the installed libraries, static and shared, and builds a program with each; that of
// the native library talks to a real Mosquitto.
import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import { readdir, rm } from 'node:fs/promises'
import { after, before, describe, test } from 'node:test'
import { buildPreset } from '../../scripts/lib/cmake.mjs'
import { root } from '../../scripts/lib/root.mjs'
import { must, run } from '../../scripts/lib/run.mjs'
import { startBroker } from '../support/broker.mjs'

const work = `${root}build/install`
const consumer = `${root}tests/install`
const components = ['core', 'native', 'messaging', 'native_messaging'].filter((component) => existsSync(`${consumer}/${component}.cpp`))
const list = components.join(';')

/** The preset that builds each kind of library. */
const presets = { static: 'release', shared: 'shared' }
/** Of one kind after the other: with the same paths, ccache compiles what uses the headers only once. */
const prefix = `${work}/installed`

/** @param {string} preset */
async function install(preset) {
  await buildPreset(preset, { targets: ['wsmq_libraries'] })
  await rm(prefix, { recursive: true, force: true })
  for (const component of components) {
    await must('cmake', ['--install', `build/${preset}`, '--prefix', prefix, '--component', component])
  }
}

/** Configures the consumer; what it says, and whether that went well. @param {string} name @param {string[]} settings */
async function configure(name, settings) {
  await rm(`${work}/${name}/CMakeCache.txt`, { force: true })
  const launcher = '-DCMAKE_CXX_COMPILER_LAUNCHER=ccache'
  return run('cmake', ['-S', consumer, '-B', `${work}/${name}`, '-G', 'Ninja', '-DCMAKE_BUILD_TYPE=Release', launcher, ...settings])
}

/** @param {string} name @param {string[]} settings */
async function consume(name, settings) {
  const { code, output } = await configure(name, [`-DCOMPONENTS=${list}`, ...settings])
  assert.equal(code, 0, output)
  await must('cmake', ['--build', `${work}/${name}`])
  await must('ctest', ['--test-dir', `${work}/${name}`, '--output-on-failure', '--no-tests=error'])
}

/** The public headers as they are included. */
async function headersOf() {
  const files = await readdir(`${prefix}/include`, { recursive: true })
  return files.filter((file) => file.endsWith('.hpp'))
}

/** Finds files whatever the name of the library directory is here. @param {RegExp} name */
async function installed(name) {
  const files = await readdir(prefix, { recursive: true })
  return files.filter((file) => name.test(file)).map((file) => `${prefix}/${file}`)
}

/** @type {import('../support/broker.mjs').Broker} */
let broker

before(async () => {
  broker = await startBroker()
  process.env['WSMQ_BROKER'] = `mqtt://127.0.0.1:${broker.tcpPort}`
})

after(() => broker.close())

for (const [name, preset] of Object.entries(presets)) {
  describe(`${name} libraries`, () => {
    before(() => install(preset), { timeout: 1_200_000 })

    test('are found by find_package', async () => {
      await consume(`${name}-cmake`, [`-DCMAKE_PREFIX_PATH=${prefix}`])
    })

    test('are found by pkg-config', async () => {
      const [first = ''] = await installed(/wsmq-core\.pc$/)
      const env = { PKG_CONFIG_PATH: first.slice(0, first.lastIndexOf('/')) }
      for (const component of components) {
        const flags = (await must('pkg-config', ['--cflags', '--libs', `wsmq-${component}`], { env })).trim().split(/\s+/)
        const libraries = flags.filter((flag) => flag.startsWith('-L')).map((flag) => flag.slice(2))
        const program = `${work}/${name}-pkg-config-${component}`
        await must('ccache', ['g++', '-std=c++20', '-c', `${consumer}/${component}.cpp`, '-o', `${program}.o`, ...flags])
        await must('g++', [`${program}.o`, '-o', program, ...flags])
        await must(program, [], { env: { LD_LIBRARY_PATH: libraries.join(':') } })
      }
    })

    test('refuse a version that does not fit', async () => {
      const { code, output } = await configure(`${name}-version`, [`-DCMAKE_PREFIX_PATH=${prefix}`, '-DWEBSOCKET_MQ_VERSION=99'])
      assert.notEqual(code, 0)
      assert.match(output, /requested version "99"/)
    })

    test('name a component that is not there', async () => {
      const { code, output } = await configure(`${name}-component`, [`-DCMAKE_PREFIX_PATH=${prefix}`, '-DCOMPONENTS=telepathy'])
      assert.notEqual(code, 0)
      assert.match(output, /The component "telepathy" is not installed/)
    })
  })
}

test('every public header compiles alone and without warnings', async () => {
  const headers = await headersOf()
  assert.ok(headers.includes('wsmq/client.hpp'), headers.join(' '))
  await consume('headers', [`-DCMAKE_PREFIX_PATH=${prefix}`, `-DHEADERS=${headers.join(';')}`])
})

test('the sources can be a part of another project, which then installs nothing of them', async () => {
  await consume('subdirectory', [`-DWEBSOCKET_MQ_SOURCE=${root}`, '-DWSMQ_UNITY=ON']) // which halves what it takes to compile
  await must('cmake', ['--install', `${work}/subdirectory`, '--prefix', `${work}/nothing`])
  assert.ok(!existsSync(`${work}/nothing/include`))
})

// The last that were installed are shared ones.
test('a shared library exports only the public names, and its soname has the major and the minor version', async () => {
  for (const component of components) {
    const [library = ''] = await installed(new RegExp(`/libwsmq_${component}\\.so$`))
    const symbols = (await must('nm', ['--dynamic', '--defined-only', '--demangle', library])).trim().split('\n')
    assert.ok(symbols.length > 10, symbols.join('\n'))
    assert.deepEqual(
      symbols.filter((symbol) => /wsmq::(codec|session|client)::/.test(symbol)),
      [],
    )
    assert.match(await must('readelf', ['--dynamic', library]), new RegExp(`soname: \\[libwsmq_${component}\\.so\\.0\\.1\\]`))
  }
})
