import { fileURLToPath } from 'node:url'

/** The top of the work tree, with a slash at its end. */
export const root = fileURLToPath(new URL('../../', import.meta.url))
