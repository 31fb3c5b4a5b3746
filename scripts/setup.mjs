// npm run setup [-- NEED...]: installs what is missing on this machine, by need; all needs when none is named.
import { existsSync } from 'node:fs'
import { needsOfBackends } from './lib/backends.mjs'
import { root } from './lib/root.mjs'
import { isLocked, runApt, switchOff } from './lib/apt.mjs'
import { fetchBrokers } from './lib/broker-programs.mjs'
import { isInstalled } from './lib/installed.mjs'
import { installNodeModules } from './lib/node-modules.mjs'
import { pythonPrograms } from './lib/python-modules.mjs'
import { Failure, isMain, must, run, runMain, timed } from './lib/run.mjs'

/**
 * Debian packages by need, each with a file or program that shows that it is already installed. Checking files instead of
 * dpkg also accepts other systems and tools that were installed by hand. `service`: what the package starts.
 * @type {Record<string, { package: string, program?: string, file?: string, service?: string }[]>}
 */
const needs = {
  build: [
    { package: 'cmake', program: 'cmake' },
    { package: 'ninja-build', program: 'ninja' },
    { package: 'g++', program: 'g++' },
    { package: 'python3', program: 'python3' }, // Emscripten is written in it
    { package: 'patchelf', program: 'patchelf' }, // scripts/get-emscripten
    { package: 'nlohmann-json3-dev', file: '/usr/include/nlohmann/json.hpp' },
  ],
  native: [
    { package: 'libboost-dev', file: '/usr/include/boost/asio.hpp' },
    { package: 'libssl-dev', file: '/usr/include/openssl/ssl.h' },
    { package: 'libcli11-dev', file: '/usr/include/CLI/CLI.hpp' },
  ],
  broker: [
    { package: 'mosquitto', program: 'mosquitto', service: 'mosquitto' },
    { package: 'mosquitto-clients', program: 'mosquitto_pub' },
    { package: 'openssl', program: 'openssl' }, // its certificates
  ],
  deployment: [{ package: 'nginx-light', program: 'nginx', service: 'nginx' }],
  interop: [
    { package: 'rabbitmq-server', program: 'rabbitmq-server', service: 'rabbitmq-server' },
    { package: 'erlang-base', program: 'epmd' },
  ],
  // Debian has no packages of the others: see scripts/lib/broker-programs.mjs.
  brokers: [
    { package: 'ejabberd', program: 'ejabberdctl', service: 'ejabberd' },
    { package: 'openjdk-17-jdk-headless', program: 'javac' },
    { package: 'maven', program: 'mvn' },
  ],
  'native tests': [
    { package: 'libgtest-dev', file: '/usr/include/gtest/gtest.h' },
    { package: 'libgmock-dev', file: '/usr/include/gmock/gmock.h' },
    { package: 'googletest', file: '/usr/src/googletest/googletest/src/gtest-all.cc' },
  ],
  'browser tests': [
    { package: 'chromium', program: process.env['CHROMIUM'] ?? 'chromium' },
    { package: 'nginx-light', program: 'nginx', service: 'nginx' },
    { package: 'openssl', program: 'openssl' },
  ],
  proxies: [
    { package: 'haproxy', program: 'haproxy', service: 'haproxy' },
    { package: 'caddy', program: 'caddy', service: 'caddy' },
    { package: 'libnginx-mod-http-brotli-static', file: '/usr/lib/nginx/modules/ngx_http_brotli_static_module.so' },
  ],
  manifests: [
    { package: 'docker-compose', program: 'docker-compose' },
    { package: 'kubernetes-client', program: 'kubectl' },
    { package: 'python3-venv', file: '/usr/lib/python3.11/ensurepip/__init__.py' },
  ],
  firefox: [{ package: 'firefox-esr', program: process.env['FIREFOX'] ?? 'firefox-esr' }],
  fuzz: [
    { package: 'clang-14', program: 'clang++-14' },
    { package: 'libclang-rt-14-dev', file: '/usr/lib/llvm-14/lib/clang/14.0.6/lib/linux' },
    { package: 'llvm-14', program: 'llvm-symbolizer-14' },
  ],
  lint: [
    { package: 'clang-format-14', program: 'clang-format-14' },
    { package: 'clang-tidy-14', program: 'clang-tidy-14' },
  ],
  install: [
    { package: 'ccache', program: 'ccache' },
    { package: 'pkgconf', program: 'pkg-config' },
  ],
  backends: needsOfBackends(),
  'native bench': [
    { package: 'libmosquitto-dev', file: '/usr/include/mosquitto.h' },
    { package: 'libpaho-mqtt-dev', file: '/usr/include/MQTTAsync.h' },
  ],
  coverage: [{ package: 'gcovr', program: 'gcovr' }],
  docs: [{ package: 'doxygen', program: 'doxygen' }],
}

/** @param {readonly string[]} wanted names of needs */
function missing(wanted) {
  return wanted
    .flatMap((need) => needs[need] ?? [])
    .filter(({ program, file }) => !(program ? isInstalled(program) : existsSync(file ?? '')))
}

/** @returns {Promise<string[]>} the words that make a command run as root */
async function asRoot() {
  if (process.getuid?.() === 0) return []
  // Here the user sees the prompt; afterwards sudo remembers the password.
  if (isInstalled('sudo') && (await run('sudo', ['-v'])).code === 0) return ['sudo']
  throw new Failure('')
}

/** @param {string[]} packages @param {string[]} services that they start */
async function installPackages(packages, services) {
  const list = packages.join(' ')
  if (!isInstalled('apt-get')) {
    throw new Failure(`This system has no apt-get. Install the equivalents of these Debian packages, then run this again: ${list}`)
  }
  const prefix = await asRoot().catch(() => {
    throw new Failure(`These packages are missing, and installing them needs root. Run: sudo apt-get install ${list}`)
  })
  for (const command of [['update'], ['install', '--yes', '--no-install-recommends', ...packages]]) {
    const { code, output } = await runApt(prefix, command)
    if (code !== 0) throw new Failure(`${output}${explainApt(output, list)}`)
  }
  await switchOff(prefix, services)
}

/**
 * @param {string} output
 * @param {string} list
 */
function explainApt(output, list) {
  if (isLocked(output)) {
    return 'Another program is installing packages. Wait until it has finished, then run this again.'
  }
  if (/temporary failure|could not resolve|could not connect|unable to connect|failed to fetch/i.test(output)) {
    return 'The package mirror could not be reached. Check the network, then run this again.'
  }
  if (/unable to locate|no installation candidate/i.test(output)) {
    return `This system lacks one of these packages: ${list}. The project is built on Debian 12; on other systems install the equivalents.`
  }
  return `apt-get could not install ${list}. Its output is above.`
}

async function installEmscripten() {
  const output = await timed('Looking for Emscripten (the first download takes two minutes)', () =>
    must(`${root}scripts/get-emscripten`, [], { whenItFails: 'Emscripten could not be installed; the reason is above.' }),
  )
  console.log(output.trim())
}

/** @param {readonly string[]} wanted */
export async function setup(wanted = Object.keys(needs)) {
  const unknown = wanted.find((need) => !needs[need])
  if (unknown) throw new Failure(`There is no need "${unknown}". Use one of: ${Object.keys(needs).join(', ')}.`)
  if (Number(process.versions.node.split('.')[0]) < 20) throw new Failure(`Node 20 or newer is needed, this is ${process.version}.`)
  const entries = missing(wanted)
  const packages = entries.map((entry) => entry.package)
  const services = entries.flatMap(({ service }) => service ?? [])
  if (packages.length > 0) await timed(`Installing ${packages.join(' ')}`, () => installPackages(packages, services))
  // Side by side: some wait for the network, some unpack or compile.
  await Promise.all([
    installNodeModules(),
    wanted.includes('build') && installEmscripten(),
    wanted.includes('brokers') && fetchBrokers(),
    wanted.includes('manifests') && pythonPrograms(`${root}tests/support/kubernetes-validate/`),
  ])
}

if (await isMain(import.meta.url)) {
  const wanted = process.argv.slice(2)
  await runMain(() => setup(wanted.length > 0 ? wanted : undefined))
}
