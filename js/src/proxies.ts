// State libraries such as Vue wrap what they are given in deep proxies. `this` is then the proxy, which has no private
// members.
import { InvalidArgumentError } from './errors.js'

/** The key of a function that returns the object itself: proxies do not wrap functions. */
const SELF = Symbol('self')

type Method = (this: unknown, ...given: unknown[]) => unknown

/**
 * For constructors: what `Class` defines also works through proxies of `object`. Messages have no private members
 * instead, as this would make each of them more expensive.
 */
export function seeThroughProxies(object: object, Class: { readonly prototype: object }): void {
  if (!Object.hasOwn(object, SELF)) Object.defineProperty(object, SELF, { value: () => object })
  const { prototype } = Class
  if (Object.hasOwn(prototype, SELF)) return
  // At the first object, not when the script is loaded: bundlers drop what has no side effect.
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
  if (self === undefined)
    throw new InvalidArgumentError(`${String(name)}() was called without its object: call it as a method, or bind it.`)
  return self()
}
