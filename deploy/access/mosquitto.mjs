// Mosquitto: the commands of its dynamic security plugin, and the lines of an acl_file.
import { checkPassword, rulesFor } from './rules.mjs'

/** @typedef {import('./rules.mjs').Account} Account */

/**
 * Commands for the topic `$CONTROL/dynamic-security/v1` that make an account with rules of its own. It is bound to one
 * client identifier, its own name: nobody else can take that, and who holds the account can take no other.
 * @param {Account} account
 * @param {string} root
 * @param {string} password
 */
export function dynamicSecurity(account, root, password) {
  const rules = rulesFor(account, root)
  checkPassword(password)
  /** @param {string} acltype @param {string} topic */
  const allow = (acltype, topic) => ({ acltype, topic, priority: 0, allow: true })
  const acls = [
    ...rules.publish.map(({ topic }) => allow('publishClientSend', topic)),
    ...rules.subscribe.flatMap(({ filter, narrower, group }) => [
      ...[filter, ...(group === undefined ? [] : [`$share/${group}/${filter}`])].map((each) =>
        allow(narrower ? 'subscribePattern' : 'subscribeLiteral', each),
      ),
      // Subscriptions under older rules must not keep receiving.
      allow('publishClientReceive', filter),
    ]),
  ]
  const name = rules.account
  return {
    commands: [
      { command: 'createRole', rolename: name, acls },
      { command: 'createClient', username: name, password, clientid: name, roles: [{ rolename: name, priority: 0 }] },
    ],
  }
}

/**
 * Takes an account away. The plugin disconnects who uses it. In this order: in Mosquitto 2.0.11 a client whose role is
 * deleted before it keeps a pointer to the role, and the broker crashes later.
 * @param {Account} account
 */
export function dynamicSecurityRemoval(account) {
  const name = rulesFor(account, '').account
  return {
    commands: [
      { command: 'deleteClient', username: name },
      { command: 'deleteRole', rolename: name },
    ],
  }
}

/** The client identifier of the administrator. It is not the user name: see `administratorBound`. */
export const administrator = 'administrator'

/**
 * Said once, after the other commands, for the plugin ends the administrator's connection with it: the account is bound to a
 * client identifier that is not its name. No client has one on the listener for browsers, which makes the user name the
 * client identifier, so that the administrator's password is of no use there.
 */
export const administratorBound = { commands: [{ command: 'setClientId', username: 'admin', clientid: administrator }] }

/** Said once, before the first command: nothing is allowed that no role allows. */
export const closedByDefault = {
  commands: [
    {
      command: 'setDefaultACLAccess',
      acls: ['publishClientSend', 'publishClientReceive', 'subscribe'].map((acltype) => ({ acltype, allow: false })),
    },
  ],
}

/**
 * The account of what issues credentials while the broker runs. Nobody else can have the name, which belongs to no role of
 * rules.json, and as the administrator it cannot come in on the listener for browsers.
 */
export const issuerAccount = { username: 'issuer:accounts', clientId: 'credential-issuer' }

/**
 * Commands that make it. It may say everything to the plugin that the administrator may, and nothing else.
 * @param {string} password
 */
export function dynamicSecurityForIssuer(password) {
  checkPassword(password)
  const { username, clientId } = issuerAccount
  const control = '$CONTROL/dynamic-security/v1'
  const acls = [
    { acltype: 'publishClientSend', topic: control },
    { acltype: 'subscribeLiteral', topic: `${control}/response` },
    { acltype: 'publishClientReceive', topic: `${control}/response` },
  ].map((acl) => ({ ...acl, priority: 0, allow: true }))
  return {
    commands: [
      { command: 'createRole', rolename: username, acls },
      { command: 'createClient', username, password, clientid: clientId, roles: [{ rolename: username, priority: 0 }] },
    ],
  }
}

/**
 * An acl_file, for listeners where something else gives the user name, as client certificates do, and
 * `use_username_as_clientid true` makes it the client identifier. Each account has lines of its own. Patterns would hold for
 * every user name, and so for a certificate that says `orders/acme:bob:bbbb`: its requests would be those of bob.
 * @param {Account[]} accounts
 * @param {string} root
 */
export function aclFile(accounts, root) {
  const lines = ['# Needs use_username_as_clientid true: then nobody chooses a client identifier. Who is not named here may do nothing.']
  for (const account of accounts) {
    const rules = rulesFor(account, root)
    lines.push('', `user ${rules.account}`)
    lines.push(...rules.publish.map(({ topic }) => `topic write ${topic}`))
    lines.push(...rules.subscribe.map(({ filter }) => `topic read ${filter}`))
  }
  return `${lines.join('\n')}\n`
}
