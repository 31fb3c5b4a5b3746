import { startDeployedSite } from '../support/deployed-site.mjs'
import { isReloaded } from './promises/reload.mjs'

isReloaded({
  name: 'nginx',
  start: startDeployedSite,
  keeps: true,
  soon: { 'nginx.conf': [['worker_shutdown_timeout 12h', 'worker_shutdown_timeout 1s']] },
})
