import { startClusterSite } from '../support/clusters/site.mjs'
import { spreadsClients } from './promises/cluster.mjs'

spreadsClients({
  name: 'nginx',
  refusal: 502,
  start: async (ports) => {
    const site = await startClusterSite(ports)
    return { ...site, url: site.url.replace('ws:', 'http:') }
  },
})
