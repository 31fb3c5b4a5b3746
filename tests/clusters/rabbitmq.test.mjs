import { startRabbitMqCluster } from '../support/clusters/rabbitmq.mjs'
import { testCluster } from './support/suite.mjs'

testCluster('RabbitMQ', startRabbitMqCluster)
