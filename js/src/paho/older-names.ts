// The accessor methods of mqttws31.js 1.0.x, such as `message._getPayloadString()`, which existing pages call. They are not
// in the types: new code uses the properties.

/** `names`: of properties of the prototype, or of its objects. */
export function addOlderNames(prototype: object, names: readonly string[]): void {
  for (const name of names) {
    const suffix = name === 'uri' ? 'URI' : `${name.slice(0, 1).toUpperCase()}${name.slice(1)}`
    define(prototype, `_get${suffix}`, function () {
      return Reflect.get(this, name, this)
    })
    define(prototype, `_set${suffix}`, function (value) {
      Reflect.set(this, name, value, this)
    })
  }
}

function define(prototype: object, name: string, value: (this: object, value?: unknown) => unknown): void {
  Object.defineProperty(prototype, name, { value, configurable: true, writable: true })
}
