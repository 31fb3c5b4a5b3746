// The types that a user declares, and those of the calls that follow from them.
import type { Raw } from './raw.js'

/**
 * What an application exchanges with services and among its webapps, declared as an interface:
 *
 * ```ts
 * interface Shop {
 *   services: { orders: { create(params: { item: number }): { id: string }; watch(): AsyncGenerator<Step, Receipt> } }
 *   peers: { sum(numbers: number[]): number }
 *   state: { name: string }
 *   rooms: { chat: { text: string } }
 * }
 * const app = await Webapp.join<Shop>(url, { org, user })
 * ```
 *
 * What is not declared may have any name, and has `unknown` values. Nothing is checked at run time.
 */
export interface Schema {
  /** Services by name, each an interface of methods. A method that yields sends progress. */
  services?: object
  /** The methods of the one unnamed backend, for `requestBackend()`. */
  backend?: object
  /** The methods of `expose()`, which peers call. */
  peers?: object
  /** The state of webapps in presence. */
  state?: unknown
  /** What `peer.send()` sends. */
  message?: unknown
  /** The messages in rooms, by the room's name. */
  rooms?: object
  /** What a device's status holds besides `online`. */
  device?: object
}

type Part<S, Name extends string> = S extends { readonly [N in Name]?: infer Value }
  ? unknown extends Value
    ? undefined
    : Value
  : undefined
type Declared<S, Name extends string> = Name extends keyof S ? Exclude<Part<S, Name>, undefined> : never
type Or<Value, Fallback> = [Value] extends [never] ? Fallback : Value

/** A method that was not declared. */
export type AnyMethod = (params?: unknown) => unknown
type AnyMethods = Readonly<Record<string, AnyMethod>>

export type ServiceName<S> = Or<keyof Declared<S, 'services'> & string, string>
export type ServiceMethods<S, Name extends string> = [Declared<S, 'services'>] extends [never]
  ? AnyMethods
  : Name extends keyof Declared<S, 'services'>
    ? Declared<S, 'services'>[Name]
    : never
export type BackendMethods<S> = Or<Declared<S, 'backend'>, AnyMethods>
export type PeerMethods<S> = Or<Declared<S, 'peers'>, AnyMethods>
export type MethodName<Methods> = keyof Methods & string
export type StateOf<S> = Or<Declared<S, 'state'>, unknown>
export type PeerData<S> = Or<Declared<S, 'message'>, unknown>
export type RoomName<S> = Or<keyof Declared<S, 'rooms'> & string, string>
export type RoomData<S, Name extends string> = [Declared<S, 'rooms'>] extends [never]
  ? unknown
  : Name extends keyof Declared<S, 'rooms'>
    ? Declared<S, 'rooms'>[Name]
    : never
export type DeviceData<S> = Or<Declared<S, 'device'>, Readonly<Record<string, unknown>>>

type Returned<M> = M extends (...given: never) => infer Value ? Value : unknown
/** The result of a method. */
export type ResultOf<M> = Returned<M> extends AsyncGenerator<unknown, infer Result> ? Result : Awaited<Returned<M>>
/** The items of progress of a method. */
export type ProgressOf<M> = unknown extends Returned<M> ? unknown : Returned<M> extends AsyncGenerator<infer Progress> ? Progress : never

type ParametersOf<M> = M extends (...given: infer Given) => unknown ? Given : [unknown?]
/** The further arguments of a call: the parameters, optional if the method needs none, and the options. */
export type Given<M, Options> =
  ParametersOf<M> extends []
    ? [params?: undefined, options?: Options]
    : ParametersOf<M> extends [infer Params, ...unknown[]]
      ? [params: Params, options?: Options]
      : [params?: ParametersOf<M>[0], options?: Options]

/** How a method is implemented: at once, later, or step by step with progress. */
export type Handler<M, Context> = (
  params: ParametersOf<M>[0],
  context: Context,
) => ResultOf<M> | Promise<ResultOf<M>> | AsyncGenerator<ProgressOf<M>, ResultOf<M>>

/** Implementations of some or all methods. Without a declaration, parameters may be taken for anything. */
export type Handlers<Methods, Context> = {
  // eslint-disable-next-line @typescript-eslint/no-explicit-any
  readonly [Name in keyof Methods]?: Handler<string extends keyof Methods ? (params: any) => unknown : Methods[Name], Context>
}

export type { Raw }
