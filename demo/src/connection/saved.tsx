// Connections under names of their own, and sessions as files.
import { signal, useSignal } from '@preact/signals'
import { list, record, text } from '../store/shapes.js'
import { change, readSettings, settings, type Settings, withoutSecrets } from '../store/settings.js'
import { exportSession, importSession } from '../store/session-file.js'
import { read, write } from '../store/storage.js'
import { Icon } from '../ui/icon.js'
import { sentence } from '../ui/text.js'
import { reconnect } from './reconnect.js'

interface Saved {
  name: string
  settings: Settings
}

const MOST = 50

const saved = signal<readonly Saved[]>(
  list(read('localStorage', 'connections')).map((each) => ({
    name: text(record(each)['name'], ''),
    settings: readSettings(record(each)['settings']),
  })),
)

function keep(all: readonly Saved[]): void {
  saved.value = all.slice(-MOST)
  write('localStorage', 'connections', saved.value)
}

export function SavedConnections() {
  const name = useSignal('')
  const outcome = useSignal('')
  const save = (event: Event) => {
    event.preventDefault()
    const now = settings.value
    const entry = { name: name.value.trim(), settings: { ...now, address: withoutSecrets(now.address) } }
    keep([...saved.value.filter((each) => each.name !== entry.name), entry])
    name.value = ''
  }
  const load = async (input: HTMLInputElement) => {
    const file = input.files?.[0]
    if (file === undefined) return
    try {
      importSession(await file.text())
      outcome.value = `Imported ${file.name}.`
    } catch (error) {
      outcome.value = sentence(error)
    }
    input.value = ''
  }
  return (
    <div class="card stack">
      <h3>Saved connections</h3>
      <ul class="saved" aria-label="Saved connections">
        {saved.value.map((each) => (
          <li key={each.name}>
            <button
              type="button"
              class="row"
              onClick={() => {
                change(each.settings)
                void reconnect()
              }}
            >
              <span class="name">{each.name}</span>
              <span class="detail">{each.settings.address}</span>
            </button>
            <button
              type="button"
              class="plain"
              aria-label={`Forget ${each.name}`}
              onClick={() => keep(saved.value.filter((other) => other !== each))}
            >
              <Icon name="close" />
            </button>
          </li>
        ))}
      </ul>
      <form class="inline" onSubmit={save}>
        <label class="field">
          <span>Name</span>
          <input
            required
            value={name}
            placeholder="staging"
            onInput={(event) => (name.value = event.currentTarget.value)}
            autocomplete="off"
          />
        </label>
        <button>Save</button>
      </form>
      <h3>Session</h3>
      <p class="quiet">Settings, subscriptions, form and messages as a file, without the password.</p>
      <div class="inline">
        <button type="button" onClick={exportSession}>
          Export
        </button>
        <label class="button">
          Import
          <input type="file" class="hidden" accept="application/json,.json" onChange={(event) => void load(event.currentTarget)} />
        </label>
        <span class="outcome" role="status">
          {outcome.value}
        </span>
      </div>
    </div>
  )
}
