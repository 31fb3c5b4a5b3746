import { Icon } from '../ui/icon.js'
import { diagnosis, examine, failure, isExamining } from './doctor.js'

export type Health = 'unknown' | 'ok' | 'warning' | 'error'

export function health(): Health {
  const found = diagnosis.value
  if (found === undefined) return 'unknown'
  if (!found.ok) return 'error'
  return found.findings.some(({ status }) => status === 'warning') ? 'warning' : 'ok'
}

const shown = { ok: 'fine', warning: 'warning', error: 'error', skipped: 'skipped' }

export function DoctorPanel() {
  const found = diagnosis.value
  return (
    <div class="card stack" id="doctor">
      <div class="heading">
        <h3>Doctor</h3>
        <button type="button" disabled={isExamining.value} onClick={() => void examine()}>
          <Icon name="doctor" />
          {isExamining.value ? 'Examining …' : found === undefined ? 'Examine' : 'Examine again'}
        </button>
      </div>
      <p class={failure.value ? 'verdict failed' : 'verdict'} role="status" data-health={health()}>
        {failure.value || (found?.verdict ?? 'Says in a sentence what is wrong with a connection, and measures what the broker can do.')}
      </p>
      {found && (
        <ul class="findings" aria-label="Findings">
          {found.findings.map(({ check, status, text }) => (
            <li key={check} data-status={status}>
              <b>{check}</b>
              <span class="badge">{shown[status]}</span>
              <span>{text}</span>
            </li>
          ))}
        </ul>
      )}
    </div>
  )
}
