import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { describe, it } from 'node:test'
import { fileURLToPath } from 'node:url'
import { isPassword } from '../../deploy/access/rabbitmq.mjs'
import { AccessError, checkRoot, parseAccount } from '../../deploy/access/rules.mjs'

const program = fileURLToPath(new URL('../../deploy/access/generate.mjs', import.meta.url))

/** @param {string[]} args @param {Record<string, string>} [env] */
const generate = (args, env = {}) => spawnSync(process.execPath, [program, ...args], { encoding: 'utf8', env: { ...process.env, ...env } })

describe('npm run access', () => {
  for (const name of [
    'acme:ann',
    'acme:ann:AAAA',
    'acme:ann:aaa',
    'a+b:ann:aaaa',
    'acme:a#:aaaa',
    'acme:a/b:aaaa',
    'service:x:aaaa',
    'a"b:ann:aaaa',
    '%c:ann:aaaa',
    '${x}:ann:aaaa',
  ])
    it(`refuses the uid ${name}`, () => assert.throws(() => parseAccount(`webapp=${name}`), AccessError))

  for (const text of ['device=a:b', 'device=', 'device=#', 'service=a/b/c', 'service=a/_b', 'service=a:b', 'nobody=x', 'toString=x', ''])
    it(`refuses the account "${text}"`, () => assert.throws(() => parseAccount(text), AccessError))

  for (const root of ['app', '+/', '*/', '#', 'a b/', '$SYS/', '"/', '%u/', 'a\n/'])
    it(`refuses the root ${JSON.stringify(root)}`, () => assert.throws(() => checkRoot(root), AccessError))

  for (const root of ['', 'app/', 'app/acme/']) it(`takes the root "${root}"`, () => assert.equal(checkRoot(root), root))

  it('makes tokens where it has a secret, and their claims where it has none', () => {
    const args = ['--broker', 'emqx-jwt', '--account', 'webapp=acme:ann:aaaa']
    assert.match(generate(args, { ACCESS_SECRET: 'x'.repeat(32) }).stdout, /^[\w-]+\.[\w-]+\.[\w-]+\n$/)
    assert.equal(JSON.parse(generate(args, { ACCESS_SECRET: '' }).stdout).clientid, 'acme:ann:aaaa')
  })

  it('makes an account for each instance of a service, which is its client identifier', () => {
    const args = ['--broker', 'emqx-jwt', '--account', 'service=orders/one', '--lifetime', '86400']
    const { username, clientid, iat, exp } = JSON.parse(generate(args, { ACCESS_SECRET: '' }).stdout)
    assert.deepEqual([username, clientid, exp - iat], ['service:orders:one', 'service:orders:one', 86_400])
  })

  it('closes what nobody opened before it makes accounts, and binds the administrator after them', () => {
    const { stdout } = generate(['--broker', 'mosquitto', '--account', 'device=SN1'])
    const commands = stdout.split('\n').flatMap((line) => (line ? JSON.parse(line).commands : []))
    assert.deepEqual(
      commands.map(({ command }) => command),
      ['setDefaultACLAccess', 'createRole', 'createClient', 'setClientId'],
    )
    assert.notEqual(commands.at(-1).clientid, commands.at(-1).username)
  })

  it('makes the account of an issuer, which is bound to a client identifier that is not its name', () => {
    const { stdout } = generate(['--broker', 'mosquitto', '--issuer'])
    const commands = stdout.split('\n').flatMap((line) => (line ? JSON.parse(line).commands : []))
    const { username, clientid, roles } = commands.find(({ command }) => command === 'createClient')
    assert.notEqual(username, clientid)
    const { acls } = commands.find(({ command, rolename }) => command === 'createRole' && rolename === roles[0].rolename)
    assert.ok(acls.every((/** @type {{ topic: string }} */ { topic }) => topic.startsWith('$CONTROL/dynamic-security/v1')))
    assert.match(generate(['--broker', 'emqx-file', '--issuer']).stderr, /--issuer is for --broker mosquitto and rabbitmq/)
  })

  it('makes the account of an issuer for RabbitMQ: an administrator who may use no virtual host', () => {
    const { stdout, stderr } = generate(['--broker', 'rabbitmq', '--account', 'service=orders', '--issuer'])
    const { users, permissions, topic_permissions: topics } = JSON.parse(stdout)
    const [issuer] = users.filter((/** @type {{ tags: string[] }} */ { tags }) => tags.length > 0)
    assert.deepEqual(issuer.tags, ['administrator'])
    for (const { user } of [...permissions, ...topics]) assert.equal(user, 'service:orders')
    const [, password = ''] = /^issuer (\S+)$/m.exec(stderr) ?? []
    assert.ok(isPassword(issuer.password_hash, password))
  })

  it('gives each account a password of its own', () => {
    const { stdout } = generate(['--broker', 'mosquitto', '--account', 'device=SN1', '--account', 'device=SN2'], { ACCESS_PASSWORD: '' })
    const passwords = stdout
      .split('\n')
      .filter(Boolean)
      .flatMap((line) => JSON.parse(line).commands)
      .flatMap(({ password }) => password ?? [])
    assert.equal(new Set(passwords).size, 2)
  })

  it('makes no token with a secret that can be guessed', () => {
    const { status, stdout, stderr } = generate(['--broker', 'emqx-jwt', '--account', 'device=SN1'], { ACCESS_SECRET: 'key' })
    assert.deepEqual([status, stdout], [1, ''])
    assert.match(stderr, /32 bytes/)
  })

  it('says what is wrong, and how it is called', () => {
    for (const args of [
      [],
      ['--broker', 'nobody'],
      ['--broker', 'mosquitto', '--account', 'webapp=x'],
      ['--broker', 'emqx-jwt', '--account', 'device=SN1', '--lifetime=-1'],
      ['--broker', 'emqx-jwt', '--account', 'device=SN1', '--lifetime', 'long'],
      ['--broker', 'emqx-jwt', '--account', 'device=SN1', '--lifetime', '99999999'],
      ['--wrong'],
    ]) {
      const { status, stderr } = generate(args)
      assert.equal(status, 1, args.join(' '))
      assert.match(stderr, /npm run access/)
      assert.doesNotMatch(stderr, / at .*:\d+:\d+/)
    }
  })
})
