import { anything, checkOptions, either, flag, object, oneOf, type Shape, text, UINT32, whole } from '../check.js'
import { SHARED_OPTIONS } from '../connect-options.js'
import { newClient, type Target } from '../connect.js'
import { Connection } from '../connection.js'
import { InvalidArgumentError, MqttError } from '../errors.js'
import type { Load } from '../load.js'
import type { ConnectOptions } from '../options.js'
import { resolveUris, type Uri } from '../uris.js'
import { layerError } from './calls.js'
import { claimIdentity, type Identity, RAND } from './identity.js'
import type { LayerHandlers, WebappModule } from './layer.js'
import type { StateOf } from './schema.js'
import { encodeJson } from './values.js'
import { Webapp } from './webapp.js'

/** Those of `connect()`, but for what the convention decides: client identifier, last will and session. */
export interface JoinOptions<S = object> extends Omit<ConnectOptions, 'clientId' | 'will' | 'cleanStart' | 'prepare'> {
  /** The organisation that the user belongs to. */
  org: string
  user: string
  /** Where the application's topics begin: empty, or ending in `/`. Default `app/`. */
  root?: string
  /**
   * 4 to 16 of `a-z0-9`, which tell several connections of one user apart. By default a tab keeps one over its reloads,
   * and no two tabs have the same. One that is given here is kept, even where another webapp has the same and takes the
   * session over; without, the one that joined first joins again by another.
   */
  rand?: string
  /** What the others see of this webapp. Default `{}`. */
  state?: StateOf<S>
  /** Whose presence to watch: of all, of one org, of one user, or of nobody. Default: of all. */
  watch?: { org?: string; user?: string } | boolean
  /**
   * Whether all others are asked to announce themselves when this webapp joins, and when it comes back. `auto`: where
   * the broker does not deliver its own retained record, and so not theirs, and where one that was there before it says
   * so that the broker has not told of. `always` asks each time, and answers each such call; `never` neither asks nor
   * answers. Default `auto`.
   */
  rollCall?: 'auto' | 'always' | 'never'
  /** MQTT 5: seconds that the others wait before a lost connection counts as gone; a reload is quicker. Default 5. */
  willDelay?: number
}

const DEFAULT_ROOT = 'app/'

const JOIN_OPTIONS: Shape = {
  ...SHARED_OPTIONS,
  org: text,
  user: text,
  root: text,
  rand: text,
  state: anything,
  watch: either(flag, object({ org: text, user: text })),
  rollCall: oneOf('auto', 'always', 'never'),
  willDelay: whole(0, UINT32),
}

/** The join() of both entries, which differ in how they load the module. */
export async function joinWith<S>(load: Load, target: Target, options: JoinOptions<S>): Promise<Webapp<S>> {
  checkOptions(options, JOIN_OPTIONS)
  const { org, user, rand, signal } = options
  for (const [name, value] of Object.entries({ org, user } as Partial<Record<string, string>>))
    if (value === undefined) throw new InvalidArgumentError(`${name} is missing: say which organisation and which user this webapp is for.`)
  signal?.throwIfAborted()
  const uris = resolveUris(target)
  const given = rand ?? ''
  if (given !== '' && !RAND.test(given)) throw new InvalidArgumentError('rand is 4 to 16 of a-z and 0-9.')
  const [module, identity] = await Promise.all([
    load({ signal }) as Promise<unknown> as Promise<WebappModule>,
    given === '' ? claimIdentity(`${org}:${user}`) : ({ rand: given, rename: () => {}, release: () => {} } satisfies Identity),
  ])
  try {
    signal?.throwIfAborted()
    return await join(module, uris, options, identity)
  } catch (thrown) {
    identity.release()
    throw thrown
  }
}

async function join<S>(module: WebappModule, uris: [Uri, ...Uri[]], options: JoinOptions<S>, identity: Identity): Promise<Webapp<S>> {
  const { org, user, root = DEFAULT_ROOT, rand = '', state, watch = true, rollCall = 'auto', willDelay = 5, ...connectOptions } = options
  const uid = `${org}:${user}:${identity.rand}`
  const client = newClient(module, uris[0], uid)
  let app: Webapp<S> | undefined
  let tell!: Pick<LayerHandlers, 'onJoined' | 'onJoinFailed'>
  const joined = new Promise<void>((resolve, reject) => {
    tell = { onJoined: resolve, onJoinFailed: (error, text, reasonCode) => reject(joinError(error, text, reasonCode)) }
  })
  try {
    const own = { root, state: encodeJson(state ?? {}, 'The state'), since: Date.now(), willDelay, renames: rand === '', rollCall }
    client.join(
      own,
      Webapp.handlers<S>(() => app, tell),
    )
  } catch (thrown) {
    client.delete()
    throw layerError(thrown)
  }
  const opening = Connection.open(module as never, client, uris, {
    ...connectOptions,
    prepare: (mq) => {
      app = new Webapp<S>({ mq, client, uid, identity }, state)
      if (watch !== false) client.watchPresence(...accountOf(watch))
    },
  })
  const ended = opening
    .then((mq) => mq.closed)
    .then(({ error }) => Promise.reject(error ?? new MqttError('closed', 'The connection was ended before it joined.')))
  try {
    await Promise.race([joined, ended])
  } catch (thrown) {
    void app?.mq.disconnect({ timeout: 0 })
    throw thrown
  } finally {
    ended.catch(() => {})
    joined.catch(() => {})
  }
  if (app === undefined) throw new MqttError('closed', 'The connection was ended before it joined.')
  return app
}

function accountOf(watch: true | { org?: string; user?: string }): [org: string, user: string] {
  return watch === true ? ['', ''] : [watch.org ?? '', watch.user ?? '']
}

function joinError(error: string, text: string, reasonCode: number): MqttError {
  const code = `0x${reasonCode.toString(16).padStart(2, '0')}`
  return error === 'refused'
    ? new MqttError('subscribe_refused', `The broker does not let this webapp take part (${code}): look at its access rules.`)
    : new MqttError('closed', `Joining failed: ${text}.`)
}
