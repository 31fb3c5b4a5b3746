import { startDeployedSite } from '../support/deployed-site.mjs'
import { servesPages } from './promises/pages.mjs'

servesPages({ name: 'nginx', precompressed: ['gzip'], start: startDeployedSite })

const module = '/usr/lib/nginx/modules/ngx_http_brotli_static_module.so'
servesPages({
  name: 'nginx with the module of Brotli',
  precompressed: ['gzip', 'br'],
  start: ({ brokerPort }) =>
    startDeployedSite({
      brokerPort,
      changes: {
        'nginx.conf': [['worker_processes auto;', `load_module ${module};\nworker_processes auto;`]],
        'site.conf': [['# brotli_static on;', 'brotli_static on;']],
      },
    }),
})
