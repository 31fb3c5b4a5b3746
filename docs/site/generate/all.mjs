// node docs/site/generate/all.mjs: writes docs/reference/, from dist/, from Doxygen's output in build/site-doxygen/, and
// from the pages at the root.
import { fileURLToPath } from 'node:url'
import { describeHeaders } from './cpp.mjs'
import { describePackage } from './javascript.mjs'
import { copyPages } from './pages.mjs'

const root = fileURLToPath(new URL('../../../', import.meta.url))
const to = `${root}docs/reference/`

await Promise.all([
  describePackage(root, `${to}javascript/`),
  describeHeaders(root, `${root}build/site-doxygen/xml`, `${to}cpp/`),
  copyPages(root, to),
])
