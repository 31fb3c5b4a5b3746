import { anything, checkOptions, either, flag, object, oneOf, type Shape, text, UINT32, whole } from '../check.js'
import { SHARED_OPTIONS, SHARED_SHAPE, workerOption } from '../connect-options.js'
import { newClient, outboxOf, type Target } from '../connect.js'
import { Connection } from '../connection.js'
import { InvalidArgumentError, MqttError } from '../errors.js'
import { hex } from '../failure.js'
import { imported } from '../imported.js'
import type { Load } from '../load.js'
import { logTo } from '../log.js'
import type { ConnectOptions, SharedOptions } from '../options.js'
import { loadPacketWatch, type WatchPackets } from '../load-packet-watch.js'
import { withSwitch } from '../switch.js'
import { resolveUris, type Uri } from '../uris.js'
import type { RemoteWebapp } from '../remote/webapp/open-webapp.js'
import { layerError } from './calls.js'
import { claimIdentity, RAND } from './identity.js'
import type { LayerHandlers, WebappModule } from './layer.js'
import { WATCH_OPTIONS, type WatchOptions } from './presence.js'
import { DEFAULT_ROOT } from './root.js'
import type { StateOf } from './schema.js'
import { encodeJson } from './values.js'
import { Webapp } from './webapp.js'

/** Those of `connect()` except for what the convention decides: client identifier, will and session. */
export interface JoinOptions<S = object> extends Omit<
  ConnectOptions,
  'clientId' | 'will' | 'cleanStart' | 'prepare' | 'worker' | 'shared'
> {
  /**
   * Whether the connection is in a worker of its own, so that the page does less; `url` is that of
   * `websocket-mq/webapp/worker`. Default false.
   */
  worker?: boolean | { url: string | URL }
  /** Whether all tabs of the origin share one connection, and are one webapp with one uid. Default false. */
  shared?: boolean | SharedJoinOptions
  /** The organisation that the user belongs to. */
  org: string
  user: string
  /** The prefix of the convention's topics: empty, or ending in `/`. Default `app/`. */
  root?: string
  /**
   * 4 to 16 of `a-z0-9`, which distinguish several connections of one user. By default a tab keeps its own over reloads,
   * and no two tabs have the same; if another webapp takes over the session all the same, the one that joined first joins
   * again by another `rand`. One that is set here never changes.
   */
  rand?: string
  /** What other webapps see of this one in presence, at most 4,096 bytes with its record. Default `{}`. */
  state?: StateOf<S>
  /** Whose presence to watch: all (true), one org's, one user's, or nobody's (false). Default true. `presence.watch()` changes it. */
  watch?: WatchOptions | boolean
  /**
   * Whether this webapp asks all others to announce themselves when it joins or reconnects. `auto`: only if the broker
   * does not deliver retained records, which its own, or another webapp that was there earlier, shows. `always` asks each
   * time, and answers each such request; `never` neither asks nor answers. Default `auto`.
   */
  rollCall?: 'auto' | 'always' | 'never'
  /** MQTT 5: seconds after which a lost connection counts as gone; 0 to 4,294,967,295. A reload is quicker. Default 5. */
  willDelay?: number
}

/** How tabs share a connection. `url` is that of `websocket-mq/webapp/worker`. */
export interface SharedJoinOptions extends SharedOptions {
  /**
   * What others see of the tabs, which are one webapp with one uid: a state of them all (`group`, the default), or the
   * state of `each`, beside it. It is the same in all of them.
   */
  presence?: 'group' | 'each'
}

const JOIN_OPTIONS: Shape = {
  ...SHARED_OPTIONS,
  org: text,
  user: text,
  root: text,
  rand: text,
  state: anything,
  watch: either(flag, object(WATCH_OPTIONS)),
  rollCall: oneOf('auto', 'always', 'never'),
  willDelay: whole(0, UINT32),
  worker: workerOption,
  shared: either(flag, object({ ...SHARED_SHAPE, presence: oneOf('group', 'each') })),
}

/** The value `Webapp` of an entry, which knows how to load its module. */
export function joinable(load: Load) {
  return {
    /**
     * Connects and joins: other webapps, services and devices can then reach this one.
     *
     * ```ts
     * const app = await Webapp.join('wss://example.org/ws_mqtt', { org: 'acme', user: 'ann' })
     * const order = await app.request('orders', 'create', { item: 7 })
     * ```
     *
     * Rejects like `connect()`, and with {@link InvalidNameError} (`invalid_name`) for a name that cannot be part of a
     * topic, or {@link MqttError} (`subscribe_refused` if the access rules of the broker forbid joining, `closed`,
     * `packet_too_large` for a state of more than 4,096 bytes).
     */
    join<S = object>(target: Target, options: JoinOptions<S>): Promise<Webapp<S>> {
      return joinWith<S>(load, target, options)
    },
  }
}

export async function joinWith<S>(load: Load, target: Target, given: JoinOptions<S>): Promise<Webapp<S>> {
  checkOptions(given, JOIN_OPTIONS)
  const options = withSwitch(given)
  const { org, user, rand = '', signal } = options
  for (const [name, value] of Object.entries({ org, user } as Partial<Record<string, string>>))
    if (value === undefined) throw new InvalidArgumentError(`${name} is missing: pass the organisation and the user of this webapp.`)
  signal?.throwIfAborted()
  const uris = resolveUris(target)
  if (rand !== '' && !RAND.test(rand)) throw new InvalidArgumentError('rand is 4 to 16 of a-z and 0-9.')
  // First: should it fail, there is no worker yet that would be left.
  const watchPackets = await loadPacketWatch(options)
  const place = await openPlace(load, uris, options)
  try {
    signal?.throwIfAborted()
    return await join(place, uris, options, watchPackets)
  } catch (thrown) {
    place.identity.release()
    throw thrown
  }
}

/** Where the module is, and whose it is. */
async function openPlace<S>(load: Load, uris: readonly Uri[], options: JoinOptions<S>): Promise<RemoteWebapp> {
  const { org, user, rand = '', signal } = options
  const claim = () => (rand === '' ? claimIdentity(`${org}:${user}`) : Promise.resolve({ rand, rename: () => {}, release: () => {} }))
  if (options.worker || options.shared) {
    const { openWebapp } = await imported('open-webapp', import('../remote/webapp/open-webapp.js'))
    return openWebapp(load, uris, options, claim)
  }
  const [module, identity] = await Promise.all([load({ signal }) as Promise<unknown> as Promise<WebappModule>, claim()])
  return { module, outbox: undefined, identity, tab: undefined }
}

async function join<S>(
  { module, outbox: hosted, identity, tab }: RemoteWebapp,
  uris: [Uri, ...Uri[]],
  options: JoinOptions<S>,
  watchPackets: WatchPackets | undefined,
): Promise<Webapp<S>> {
  const { org, user, root = DEFAULT_ROOT, rand = '', state, watch = true, rollCall = 'auto', willDelay = 5, ...connectOptions } = options
  const uid = `${org}:${user}:${identity.rand}`
  const outbox = options.outbox
    ? (hosted ??
      (await outboxOf({
        module: module as never,
        uris,
        options: connectOptions,
        clientId: uid,
        webapp: { account: `${org}:${user}`, root },
      })))
    : undefined
  const client = newClient(module, uris[0], uid)
  const log = logTo(options.log)
  let app: Webapp<S> | undefined
  let handlers!: Pick<LayerHandlers, 'onJoined' | 'onJoinFailed'>
  const joined = new Promise<void>((resolve, reject) => {
    handlers = { onJoined: resolve, onJoinFailed: (error, sentence, reasonCode) => reject(joinError(error, sentence, reasonCode)) }
  })
  try {
    const own = { root, state: encodeJson(state ?? {}, 'The state'), since: Date.now(), willDelay, renames: rand === '', rollCall, tab }
    client.join(
      own,
      Webapp.handlers<S>(() => app, handlers),
    )
  } catch (thrown) {
    client.delete()
    await outbox?.close()
    throw layerError(thrown)
  }
  const prepare = (mq: Connection) => {
    app = new Webapp<S>({ mq, client, uid, identity, log, tab }, state)
    app.on('identity', (renaming) => outbox?.rename(renaming.uid))
    if (watch !== false) app.presence.watch(watch === true ? {} : watch)
  }
  const opening = Connection.open(module as never, client, uris, { ...connectOptions, prepare }, { watchPackets, outbox })
  const ended = opening.then((mq) => mq.closed).then(({ error }) => Promise.reject(error ?? endedEarly()))
  try {
    await Promise.race([joined, ended])
  } catch (thrown) {
    log?.('error', thrown, { uid, error: thrown })
    void app?.mq.disconnect({ timeout: 0 })
    throw thrown
  } finally {
    ended.catch(() => {})
    joined.catch(() => {})
  }
  if (app === undefined) throw endedEarly()
  app.joinedAs(client.clientId)
  // The promise of join() resolves first, and its handlers are added.
  setTimeout(() => outbox?.begin())
  log?.('info', `Joined as ${app.uid}.`, { uid: app.uid })
  return app
}

function endedEarly(): MqttError {
  return new MqttError('closed', 'The connection was ended before this webapp had joined.')
}

function joinError(error: string, sentence: string, reasonCode: number): MqttError {
  return error === 'refused'
    ? new MqttError('subscribe_refused', `The broker does not let this webapp join (${hex(reasonCode)}): check its access rules.`)
    : new MqttError('closed', `Joining failed: ${sentence}.`)
}
