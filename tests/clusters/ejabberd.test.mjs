import { startEjabberdCluster } from '../support/clusters/ejabberd.mjs'
import { testCluster } from './support/suite.mjs'

// Retained messages stay at the node that they were published at, and do come to filters with wildcards there.
testCluster('ejabberd', startEjabberdCluster, { joinOptions: { rollCall: 'always' } })
