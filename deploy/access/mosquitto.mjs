// Mosquitto: the commands of its dynamic security plugin, and the lines of an acl_file.
import { rulesFor } from './rules.mjs'

/** @typedef {import('./rules.mjs').Account} Account */

/**
 * Commands for the topic `$CONTROL/dynamic-security/v1` that make an account with rules of its own. The account of a
 * webapp or a device is bound to one client identifier, its own name, so that nobody else can take it.
 * @param {Account} account
 * @param {string} root
 * @param {string} password
 */
export function dynamicSecurity(account, root, password) {
  const rules = rulesFor(account, root)
  /** @param {string} acltype @param {string} topic */
  const allow = (acltype, topic) => ({ acltype, topic, priority: 0, allow: true })
  const acls = [
    ...rules.publish.map((topic) => allow('publishClientSend', topic)),
    ...rules.subscribe.flatMap(({ filter, narrower, group }) => [
      allow(narrower ? 'subscribePattern' : 'subscribeLiteral', filter),
      ...(group === undefined ? [] : [allow('subscribeLiteral', `$share/${group}/${filter}`)]),
      // What was subscribed under older rules must not go on arriving.
      allow('publishClientReceive', filter),
    ]),
  ]
  const bound = account.role === 'webapp' || account.role === 'device'
  return {
    commands: [
      { command: 'createRole', rolename: rules.account, acls },
      {
        command: 'createClient',
        username: rules.account,
        password,
        ...(bound ? { clientid: rules.account } : {}),
        roles: [{ rolename: rules.account, priority: 0 }],
      },
    ],
  }
}

/**
 * Takes an account away. The plugin disconnects who uses it.
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
 * An acl_file. Its patterns hold for every user, so that it is for listeners where the user name is the account and
 * `use_username_as_clientid true` makes it the client identifier.
 * @param {Account[]} accounts services and the like; webapps and devices need no line of their own
 * @param {string} root
 */
export function aclFile(accounts, root) {
  const lines = ['# Needs use_username_as_clientid true: then no client can choose its %u or its client identifier.']
  for (const account of accounts.filter(({ role }) => role !== 'webapp' && role !== 'device')) {
    const rules = rulesFor(account, root)
    lines.push('', `user ${rules.account}`)
    lines.push(...rules.publish.map((topic) => `topic write ${topic}`))
    lines.push(...rules.subscribe.map(({ filter }) => `topic read ${filter}`))
  }
  for (const role of ['webapp', 'device']) {
    const rules = rulesFor({ role, name: '' }, root, '%u')
    lines.push('', `# ${role}`)
    lines.push(...rules.publish.map((topic) => `pattern write ${topic}`))
    lines.push(...rules.subscribe.map(({ filter }) => `pattern read ${filter}`))
  }
  return `${lines.join('\n')}\n`
}
