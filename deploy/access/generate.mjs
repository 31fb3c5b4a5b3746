// npm run access -- --broker FORM [--root ROOT] [--account ROLE=NAME]...: access rules in the form of a broker.
import { randomBytes } from 'node:crypto'
import { parseArgs } from 'node:util'
import { aclConf, claims, token } from './emqx.mjs'
import { aclFile, administratorBound, closedByDefault, dynamicSecurity, dynamicSecurityForIssuer } from './mosquitto.mjs'
import { definitions, userForIssuer } from './rabbitmq.mjs'
import { AccessError, checkRoot, parseAccount } from './rules.mjs'

const usage = `npm run access -- --broker FORM [--root ROOT] [--account ROLE=NAME]... [--lifetime SECONDS] [--issuer]

FORM      mosquitto       commands for $CONTROL/dynamic-security/v1, one line each (the recommended form)
          mosquitto-acl   an acl_file with lines for each account
          emqx-file       acl.conf; webapps and devices are in it without being named
          emqx-jwt        the claims of a token per account, or the tokens where ACCESS_SECRET is set
          rabbitmq        definitions for rabbitmqctl import_definitions
ROOT      of all topics, with a slash at its end; app/ by default. One per tenant.
SECONDS   that a token lives; 600 by default, a day at most for a webapp and 30 days for the others
ROLE=NAME webapp=ORG:USER:RAND, device=SERIAL; service=NAME, backend=NAME and janitor=NAME, or NAME/INSTANCE where there
          are several. An account is for one connection, whose client identifier is the account's user name.

The secret of tokens is ACCESS_SECRET, of at least 32 bytes. Passwords come from ACCESS_PASSWORD; without it each account
gets a random one: in the output for Mosquitto, on stderr for RabbitMQ, whose definitions contain hashes.`

/** @typedef {import('./rules.mjs').Account} Account */

/** @param {Account} account */
const textOf = ({ role, name }) => `${role}=${name}`

const password = () => process.env['ACCESS_PASSWORD'] || randomBytes(18).toString('base64url')

function issuerPassword() {
  const text = password()
  if (!process.env['ACCESS_PASSWORD']) console.error(`issuer ${text}`)
  return text
}

/** @type {Record<string, (accounts: Account[], root: string, token: { lifetime?: number | undefined, issuer: boolean }) => string>} */
const forms = {
  mosquitto: (accounts, root, { issuer }) =>
    [
      closedByDefault,
      ...(issuer ? [dynamicSecurityForIssuer(password())] : []),
      ...accounts.map((account) => dynamicSecurity(account, root, password())),
      administratorBound,
    ]
      .map((commands) => `${JSON.stringify(commands)}\n`)
      .join(''),
  'mosquitto-acl': aclFile,
  'emqx-file': aclConf,
  'emqx-jwt': (accounts, root, options) => {
    const secret = process.env['ACCESS_SECRET']
    return accounts
      .map((account) => claims(account, root, options))
      .map((each) => `${secret ? token(each, secret) : JSON.stringify(each)}\n`)
      .join('')
  },
  rabbitmq: (accounts, root, { issuer }) => {
    const withPasswords = accounts.map((account) => ({ account, password: password() }))
    if (!process.env['ACCESS_PASSWORD']) for (const { account, password } of withPasswords) console.error(`${textOf(account)} ${password}`)
    const all = definitions(withPasswords, root)
    if (issuer) all.users.push(userForIssuer(issuerPassword()))
    return `${JSON.stringify(all, null, 2)}\n`
  },
}

function main() {
  const { values } = parseArgs({
    options: {
      broker: { type: 'string' },
      root: { type: 'string', default: 'app/' },
      account: { type: 'string', multiple: true, default: [] },
      lifetime: { type: 'string' },
      issuer: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  })
  if (values.help) return console.log(usage)
  const form = Object.hasOwn(forms, values.broker ?? '') ? forms[values.broker ?? ''] : undefined
  if (!form) throw new AccessError(`--broker is one of: ${Object.keys(forms).join(', ')}.`)
  if (values.issuer && values.broker !== 'mosquitto' && values.broker !== 'rabbitmq')
    throw new AccessError('--issuer is for --broker mosquitto and rabbitmq: elsewhere the issuer has no account.')
  const lifetime = values.lifetime === undefined ? undefined : Number(values.lifetime)
  process.stdout.write(form(values.account.map(parseAccount), checkRoot(values.root), { lifetime, issuer: values.issuer }))
}

try {
  main()
} catch (error) {
  const isUsage = error instanceof AccessError || /^ERR_PARSE_ARGS/.test(/** @type {NodeJS.ErrnoException} */ (error).code ?? '')
  console.error(isUsage ? `${/** @type {Error} */ (error).message}\n\n${usage}` : error)
  process.exitCode = 1
}
