import { startDeployedSite } from '../support/deployed-site.mjs'
import { keepsItsPromises } from './promises/refusals.mjs'

keepsItsPromises({
  name: 'nginx',
  server: 'nginx',
  start: startDeployedSite,
  otherOrigin: { 'websocket-mq-http.conf': [['# "https://app.example.org"', '"https://app.example.org"']] },
  slow: { changes: { 'websocket-mq-http.conf': [['rate=20r/s', 'rate=1r/m']] }, burst: 101 },
  few: { 'websocket-mq.conf': [['limit_conn websocket_mq_connections 1000', 'limit_conn websocket_mq_connections 3']] },
})
