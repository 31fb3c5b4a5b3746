// What is always there: the connection's state, its latency, and what concerns the page as a whole.
import { latencies } from './connection/latency.js'
import { close, isOff, status } from './connection/link.js'
import { diagnosis, examine, isExamining } from './connection/doctor.js'
import { health } from './connection/doctor-panel.js'
import { reconnect } from './connection/reconnect.js'
import { view } from './store/view.js'
import { Icon } from './ui/icon.js'
import { Spark } from './ui/spark.js'
import { milliseconds } from './ui/text.js'
import { nextTheme, theme } from './ui/theme.js'

const icons = { system: 'system', light: 'sun', dark: 'moon' } as const

export function Header() {
  const { state, text, wait } = status.value
  const isFree = isOff.value
  return (
    <header class="bar">
      <h1>
        <img src="icon.svg" alt="" width="26" height="26" />
        <span>websocket-mq</span>
      </h1>
      <p class="status" id="status" role="status" data-state={state}>
        <span class="dot" aria-hidden="true" />
        <span>{text}</span>
        {wait && <span aria-hidden="true">{wait}</span>}
      </p>
      <Latency />
      <span class="spring" />
      <DoctorButton />
      <button type="button" class="plain" aria-label={`Theme: ${theme.value}`} title={`Theme: ${theme.value}`} onClick={nextTheme}>
        <Icon name={icons[theme.value]} />
      </button>
      <button
        type="button"
        class="plain"
        aria-label="Connection settings"
        title="Connection settings"
        aria-pressed={view.value === 'connection'}
        onClick={() => (view.value = view.value === 'connection' ? 'messages' : 'connection')}
      >
        <Icon name="connection" />
      </button>
      <button type="button" class={isFree ? 'primary' : 'disconnect'} onClick={() => void (isFree ? reconnect() : close())}>
        {isFree ? 'Connect' : 'Disconnect'}
      </button>
    </header>
  )
}

function Latency() {
  const last = latencies.value.at(-1)
  if (last === undefined) return null
  return (
    <p class="latency" title="The round trip of a message to this page itself">
      <Spark values={latencies.value} most={20} label={`Round trip, now ${milliseconds(last)}`} />
      <span id="latency">{milliseconds(last)}</span>
    </p>
  )
}

const verdicts = { unknown: 'Doctor', ok: 'Healthy', warning: 'Remarks', error: 'Ill' }

function DoctorButton() {
  const now = health()
  const ask = () => {
    view.value = 'connection'
    if (diagnosis.peek() === undefined) void examine()
  }
  return (
    <button
      type="button"
      class="doctor-button"
      data-health={now}
      title={diagnosis.value?.verdict ?? 'Examine this connection'}
      onClick={ask}
    >
      <Icon name="doctor" />
      <span>{isExamining.value ? 'Examining …' : verdicts[now]}</span>
    </button>
  )
}
