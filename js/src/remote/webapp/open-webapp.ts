// The module of Webapp.join(), where the connection is in a worker or in another tab. Loaded when one of the options is there.
import { imported } from '../../imported.js'
import type { Load } from '../../load.js'
import type { Outbox } from '../../outbox/open-outbox.js'
import type { Uri } from '../../uris.js'
import { type Identity, randomName, sharedIdentity } from '../../webapp/identity.js'
import type { JoinOptions } from '../../webapp/join.js'
import type { WebappModule } from '../../webapp/layer.js'
import { commonOptions, connectionName, plainOptions } from '../common.js'
import { pageOutbox } from '../hosted-outbox.js'
import { moduleOf, openLink, sharedName } from '../open-remote.js'
import { PortWebappClient } from './port-webapp-client.js'
import { webappWorkerFiles } from './worker-files.js'

export interface RemoteWebapp {
  readonly module: WebappModule
  readonly outbox: Outbox | undefined
  readonly identity: Identity
  /** The name of this page among those that share the connection, where each has a state. */
  readonly tab: string | undefined
}

/** Rejects like openRemote(). `claim` gives the name of a webapp that is this page alone, or has a fixed one. */
export async function openWebapp(
  load: Load,
  uris: readonly Uri[],
  options: JoinOptions<never>,
  claim: () => Promise<Identity>,
): Promise<RemoteWebapp> {
  const { org, user, root, rand, shared, signal } = options
  const isEach = typeof shared === 'object' && shared.presence === 'each'
  const account = `${org}:${user}`
  const name = await sharedName(options, 'webapp-', () => connectionName(uris, options, org, user, root ?? null))
  const identity = name === undefined || rand ? await claim() : sharedIdentity(account, name)
  try {
    const common = { ...commonOptions(uris, options), ...(isEach && { presence: 'each' }) }
    const given = { common, user: { ...plainOptions(options), clientId: `${account}:${identity.rand}` } }
    const loadLayer = async () => (await imported('layer-host', import('./layer-host.js'))).createLayer
    const link = await openLink(options, name, { load, files: webappWorkerFiles, loadLayer, ...given })
    const module = (await moduleOf(link, signal, PortWebappClient)) as unknown as WebappModule
    // None that another page has: eight characters.
    const tab = isEach ? randomName() + randomName() : undefined
    return { module, outbox: options.outbox ? pageOutbox(link) : undefined, identity, tab }
  } catch (thrown) {
    identity.release()
    throw thrown
  }
}
