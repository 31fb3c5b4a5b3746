import type { Connection, Stored } from 'websocket-mq/webapp/wasm'
import { Facts } from '../messages/detail.js'
import { withoutSecrets } from '../store/settings.js'
import { number, plural, size, time } from '../ui/text.js'
import { established, isConnected, isIssued, place } from './link.js'
import { stored } from './outbox.js'

const PLACE_TEXTS = { page: 'this page', worker: 'a worker of this page', shared: 'a worker, for all tabs of this browser' }

const outboxText = ({ messages, oldest }: Stored) =>
  messages === 0 ? 'empty' : `${plural(messages, 'message')}${oldest === undefined ? '' : `, the oldest of ${time(oldest)}`}`

const VERSIONS = { 3: 'MQTT 3.1', 4: 'MQTT 3.1.1', 5: 'MQTT 5.0' }

/** What the broker and the page agreed on. */
export function ConnectionFacts({ mq }: { mq: Connection }) {
  void established.value
  if (!isConnected.value) return null
  const { negotiated } = mq
  const missing = [
    negotiated.retainAvailable ? '' : 'retained messages',
    negotiated.wildcardSubscriptionAvailable ? '' : 'wildcards',
    negotiated.sharedSubscriptionAvailable ? '' : 'shared subscriptions',
    negotiated.subscriptionIdentifierAvailable ? '' : 'subscription identifiers',
  ].filter(Boolean)
  const facts: [string, string][] = [
    ['Broker', withoutSecrets(mq.uri)],
    ['Version', VERSIONS[mq.protocolVersion]],
    ['Client identifier', mq.clientId],
    ...(isIssued.value ? ([['Credentials', "issued by the page's server"]] as [string, string][]) : []),
    ['Runs in', PLACE_TEXTS[place.value]],
    ...(stored.value === undefined ? [] : ([['Outbox', outboxText(stored.value)]] as [string, string][])),
    ['Session', mq.sessionPresent ? 'taken up again' : 'new'],
    ['Keep alive', negotiated.keepAlive === 0 ? 'off' : `${negotiated.keepAlive} s`],
  ]
  if (mq.protocolVersion === 5)
    facts.push(
      ['Session expiry', `${number(negotiated.sessionExpiryInterval)} s`],
      ['Receive maximum', number(negotiated.receiveMaximum)],
      ['Largest packet', size(negotiated.maximumPacketSize)],
      ['Topic aliases', number(negotiated.topicAliasMaximum)],
      ['Highest QoS', String(negotiated.maximumQos)],
      ['Not offered', missing.length === 0 ? 'nothing' : missing.join(', ')],
    )
  return (
    <div class="card" id="facts">
      <h3>This connection</h3>
      <Facts facts={facts} />
    </div>
  )
}
