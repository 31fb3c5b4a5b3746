import { render } from 'preact'
import { App } from './app.js'
import { answerPeers } from './calls/exposed.js'
import { measureLatency } from './connection/latency.js'
import { loadModule, notice } from './connection/link.js'
import { watchOutbox } from './connection/outbox.js'
import { reconnect } from './connection/reconnect.js'
import { tree } from './explorer/tree.js'
import { startHistory } from './history/history.js'
import { log, measureRate } from './messages/log.js'
import { startSubscriptions } from './messages/subscriptions.js'
import { watchPackets } from './packets/timeline.js'
import { watchParticipants } from './people/participants.js'
import { startTalk } from './people/talk.js'
import { readHash, writeHash } from './store/hash.js'
import { settings } from './store/settings.js'
import { view } from './store/view.js'

const mayConnect = readHash()
writeHash()
addEventListener('hashchange', readHash)

startHistory()
startSubscriptions((messages, mark) => {
  log.add(messages, mark)
  tree.add(messages)
})
watchPackets()
watchParticipants()
startTalk()
answerPeers()
measureLatency()
watchOutbox()
measureRate()

render(<App />, document.querySelector('#root') as HTMLElement)
if (mayConnect) {
  // Beside the history that is read first.
  if (settings.peek().runsIn === 'page') loadModule().catch(() => {})
  void reconnect()
} else {
  view.value = 'connection'
  notice.value = 'This link names a broker that is not behind this page. Connect to it if you trust it.'
}
