// Objects of another realm, such as an iframe, or of another copy of this script, are no instances of the classes here.

/** Whether it calls itself so: the tags of classes are the same in all realms. */
export function hasTag(value: unknown, tag: string): boolean {
  return Object.prototype.toString.call(value) === `[object ${tag}]`
}

/** Tells what a handler's promise, of whatever kind, rejects with. */
export function watchPromise(result: unknown, onRejected: (reason: unknown) => void): void {
  if (typeof (result as PromiseLike<unknown> | null | undefined)?.then === 'function')
    (result as PromiseLike<unknown>).then(undefined, onRejected)
}
