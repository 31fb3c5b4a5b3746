// What `npm create websocket-mq` makes, and what it refuses to.
import assert from 'node:assert/strict'
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { after, before, describe, it } from 'node:test'
import { root } from '../../scripts/lib/root.mjs'
import { workshop } from './support.mjs'

/** @type {Awaited<ReturnType<typeof workshop>>} */
let place
before(async () => {
  place = await workshop()
})
after(() => place.remove())

/** @param {string} file */
const json = async (file) => JSON.parse(await readFile(file, 'utf8'))

it('has the version of the package, and depends on exactly that', async () => {
  const { version } = await json(`${root}package.json`)
  assert.equal((await json(`${root}templates/package.json`)).version, version)
  const { stdout } = await place.create('first')
  const { name, dependencies, devDependencies } = await json(`${place.folder}/first/package.json`)
  assert.equal(name, 'first')
  assert.equal(dependencies['websocket-mq'], version)
  for (const [dependency, wanted] of Object.entries({ ...dependencies, ...devDependencies }))
    assert.match(wanted, /^\d+\.\d+\.\d+$/, dependency)
  for (const command of ['cd first', 'npm install', 'npm run dev']) assert.ok(stdout.includes(command), stdout)
})

it('lists every template, and leaves out nothing', async () => {
  const { stdout } = await place.create('--help')
  const folders = (await readdir(`${root}templates`, { withFileTypes: true }))
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name)
  for (const template of folders.filter((name) => name !== 'common')) {
    assert.ok(stdout.includes(template), stdout)
    await place.create(`all-${template}`, '--template', template)
    const files = await readdir(`${place.folder}/all-${template}`)
    for (const file of [
      '.gitignore',
      'index.html',
      'mosquitto.conf',
      'package.json',
      'README.md',
      'src',
      'tsconfig.json',
      'vite.config.ts',
    ])
      assert.ok(files.includes(file), `${template} has ${files.join(' ')}`)
  }
})

it('accepts a folder that is empty but for .git, and an address of the package', async () => {
  await mkdir(`${place.folder}/group/cloned/.git`, { recursive: true })
  await place.create('group/cloned', '--package', './elsewhere/websocket-mq.tgz')
  const { name, dependencies } = await json(`${place.folder}/group/cloned/package.json`)
  assert.deepEqual([name, dependencies['websocket-mq']], ['cloned', 'file:../../elsewhere/websocket-mq.tgz'])
  await place.create('pinned', '--package', '^0.1.0')
  assert.equal((await json(`${place.folder}/pinned/package.json`)).dependencies['websocket-mq'], '^0.1.0')
})

describe('says what is wrong, and changes nothing', () => {
  before(async () => {
    await mkdir(`${place.folder}/taken`)
    await writeFile(`${place.folder}/taken/letter.txt`, 'mine')
    await writeFile(`${place.folder}/file`, 'mine')
  })

  /** @type {Record<string, { args: string[], says: RegExp }>} */
  const mistakes = {
    'no folder': { args: [], says: /name of the new folder is missing[^]*Usage/ },
    'a folder that is not empty': { args: ['taken'], says: /taken exists and is not empty/ },
    'a file': { args: ['file'], says: /file is a file/ },
    'an unknown template': { args: ['app', '--template', 'angular'], says: /no template "angular".*vanilla, react/ },
    'a name that npm refuses': { args: ['My App'], says: /"My App" cannot be the name.*lower-case/ },
    'a hidden name': { args: ['.app'], says: /"\.app" cannot be the name/ },
    'an unknown option': { args: ['app', '--typescript'], says: /--typescript[^]*Usage/ },
    'two folders': { args: ['app', 'other'], says: /"other" is too much/ },
  }
  for (const [name, { args, says }] of Object.entries(mistakes))
    it(name, async () => {
      const before = await readdir(place.folder, { recursive: true })
      await assert.rejects(place.create(...args), (error) => {
        assert.match(/** @type {Error} */ (error).message, says)
        assert.doesNotMatch(/** @type {Error} */ (error).message, /^\s+at /m)
        return true
      })
      assert.deepEqual(await readdir(place.folder, { recursive: true }), before)
    })
})
