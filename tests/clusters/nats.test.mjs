import { existsSync } from 'node:fs'
import { programs } from '../../scripts/lib/broker-programs.mjs'
import { startNatsCluster } from '../support/clusters/nats.mjs'
import { testCluster } from './support/suite.mjs'

// Webapps that join at the same time miss each other at NATS, until the roll is called. A session that it kept may lack what was
// on its way at QoS 2.
const isHere = existsSync(programs.nats.file)
testCluster('NATS', startNatsCluster, { joinOptions: { rollCall: 'always' }, keepsQos2: false, isHere })
