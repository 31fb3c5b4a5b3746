import { startCaddy } from '../support/caddy.mjs'
import { servesPages } from './promises/pages.mjs'
import { keepsItsPromises } from './promises/refusals.mjs'
import { isReloaded } from './promises/reload.mjs'

// Without slow and few: Caddy has no such limits.
keepsItsPromises({
  name: 'Caddy',
  server: 'Caddy',
  start: startCaddy,
  otherOrigin: [['https://other.invalid', 'https://app.example.org']],
})

servesPages({ name: 'Caddy', precompressed: ['gzip', 'br'], start: startCaddy })

// It closes upgraded connections at once.
isReloaded({ name: 'Caddy', start: startCaddy, keeps: false, soon: [] })
