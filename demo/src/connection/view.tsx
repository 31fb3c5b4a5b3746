// How to connect, what was negotiated, and what the doctor says.
import { connection, isOff } from './link.js'
import { HistoryCard } from '../history/card.js'
import { Heading } from '../ui/fields.js'
import { DoctorPanel } from './doctor-panel.js'
import { ConnectionFacts } from './facts.js'
import { ConnectForm } from './form.js'
import { SavedConnections } from './saved.js'

export function ConnectionView() {
  return (
    <section class="panel view connection" aria-labelledby="connect-title">
      <Heading id="connect-title" text="Connection" />
      <div class="columns">
        <div class="stack">
          <ConnectForm />
          <SavedConnections />
        </div>
        <div class="stack">
          {connection.value !== undefined && !isOff.value && <ConnectionFacts mq={connection.value} />}
          <DoctorPanel />
          <HistoryCard />
        </div>
      </div>
    </section>
  )
}
