// State libraries such as Vue hand out proxies of what they are given, deep ones at that. Behind one, `this` is the
// proxy, which has none of the private members.
import { InvalidArgumentError } from './errors.js'

/** Where each object keeps a function that gives the object itself: proxies hand functions out as they are. */
const SELF = Symbol('self')

type Method = (this: unknown, ...given: unknown[]) => unknown

/**
 * For constructors: what `Class` defines works through proxies of `object`, too. Objects of which there are many, such
 * as messages, have no private members instead, which is cheaper to make.
 */
export function seeThroughProxies(object: object, Class: { readonly prototype: object }): void {
  if (!Object.hasOwn(object, SELF)) Object.defineProperty(object, SELF, { value: () => object })
  const { prototype } = Class
  if (Object.hasOwn(prototype, SELF)) return
  // At the first object, and not when the script is loaded: bundlers leave out what has no effect.
  for (const name of Reflect.ownKeys(prototype)) {
    if (name === 'constructor') continue
    const member = Reflect.getOwnPropertyDescriptor(prototype, name) as Record<string, unknown>
    for (const part of ['value', 'get', 'set']) {
      const method = member[part] as Method | undefined
      if (typeof method === 'function')
        member[part] = function (this: unknown, ...given: unknown[]) {
          return method.apply(selfOf(this, name), given)
        }
    }
    Object.defineProperty(prototype, name, member)
  }
  Object.defineProperty(prototype, SELF, { value: undefined })
}

function selfOf(object: unknown, name: PropertyKey): unknown {
  const self = (object as { [SELF]?: () => unknown } | undefined)?.[SELF]
  if (self === undefined) throw new InvalidArgumentError(`${String(name)}() was taken off its object: call it there, or bind it.`)
  return self()
}
