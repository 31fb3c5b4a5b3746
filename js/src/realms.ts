// Objects of another realm, such as an iframe, or of another copy of this script, are not instances of the classes here.

/** Whether its tag is this one: the tags of classes are the same in all realms. */
export function hasTag(value: unknown, tag: string): boolean {
  return Object.prototype.toString.call(value) === `[object ${tag}]`
}

/** Reports what a promise of any kind rejects with. */
export function watchPromise(result: unknown, onRejected: (reason: unknown) => void): void {
  if (typeof (result as PromiseLike<unknown> | null | undefined)?.then === 'function')
    (result as PromiseLike<unknown>).then(undefined, onRejected)
}
