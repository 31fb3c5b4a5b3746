// Before all specs, and not within them, which run side by side.
export { installFrameworks as default } from '../frameworks/build.mjs'
