import { startHaproxy } from '../support/haproxy.mjs'
import { spreadsClients } from './promises/cluster.mjs'
import { keepsItsPromises } from './promises/refusals.mjs'
import { isReloaded } from './promises/reload.mjs'

keepsItsPromises({
  name: 'HAProxy',
  server: undefined,
  start: startHaproxy,
  otherOrigin: [['# acl is_allowed_page', 'acl is_allowed_page']],
  slow: { changes: [['http_req_rate(5s)', 'http_req_rate(1h)']], burst: 100 },
  few: [['sc0_conn_cur gt 1000', 'sc0_conn_cur gt 3']],
})

isReloaded({
  name: 'HAProxy',
  start: startHaproxy,
  keeps: true,
  soon: [['hard-stop-after 12h', 'hard-stop-after 1s']],
  files: ['server.pem', 'server.pem.key'],
})

spreadsClients({
  name: 'HAProxy',
  refusal: 503,
  start: ([first = 0, ...others]) => {
    const more = others.map((port, index) => `    server broker${index + 2} 127.0.0.1:${port}\n`).join('')
    return startHaproxy({ brokerPort: first, changes: [['\nbackend pages', `${more}\nbackend pages`]] })
  },
})
