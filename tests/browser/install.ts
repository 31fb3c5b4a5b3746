// Before all specs, and not within them, which run side by side.
import { installFrameworks } from '../frameworks/build.mjs'
import { unpackPackage } from '../support/packed.mjs'

export default async function install(): Promise<void> {
  await Promise.all([installFrameworks(), unpackPackage()])
}
