import { change, DEFAULT_SETTINGS, password, type Place, settings, UINT32, type WillFields } from '../store/settings.js'
import { PropertiesFields } from '../publish/properties-fields.js'
import { Check, Choice, NumberField, QOS, Segments, TextArea, TextField } from '../ui/fields.js'
import { close, isOff } from './link.js'
import { reconnect } from './reconnect.js'

const ROLES = [
  ['webapp', 'Webapp'],
  ['client', 'MQTT client'],
] as const
const VERSIONS = [
  [5, 'MQTT 5.0'],
  [4, 'MQTT 3.1.1'],
  [3, 'MQTT 3.1'],
] as const
/** The header has a button for it, too. */
export const FORM_ID = 'connect-form'

export function ConnectForm() {
  const now = settings.value
  const isWebapp = now.role === 'webapp'
  const advanced = (['root', 'runsIn', 'outbox'] as const).filter((name) => now[name] !== DEFAULT_SETTINGS[name]).length
  const submit = (event: Event) => {
    event.preventDefault()
    void (isOff.value ? reconnect() : close())
  }
  return (
    <form id={FORM_ID} class="stack card" onSubmit={submit} aria-label="Settings of the connection">
      <TextField label="Address" code required value={now.address} onChange={(address) => change({ address })} />
      <div class="inline">
        <Segments label="Connect as" value={now.role} options={ROLES} onChange={(role) => change({ role })} />
        <span class="quiet">
          {isWebapp ? 'With people, rooms, services and devices.' : 'Its identifier, session and will are yours to choose.'}
        </span>
      </div>
      <div class="pair">
        <Choice label="Version" value={now.version} options={VERSIONS} onChange={(version) => change({ version })} />
        <NumberField label="Keep alive, s" range={[0, 65_535]} value={now.keepAlive} onChange={(keepAlive) => change({ keepAlive })} />
        <TextField label="Organisation" required value={now.org} onChange={(org) => change({ org })} />
        <TextField label="User" required value={now.user} onChange={(user) => change({ user })} />
        <TextField
          label="User name"
          autocomplete="username"
          placeholder="as issued, or none"
          value={now.username}
          onChange={(username) => change({ username })}
        />
        <TextField
          label="Password"
          type="password"
          autocomplete="current-password"
          placeholder="kept nowhere"
          value={password.value}
          onChange={(value) => (password.value = value)}
        />
      </div>
      {!isWebapp && <ClientFields />}
      <details>
        <summary>
          Advanced
          {advanced > 0 && <span class="count">{advanced}</span>}
        </summary>
        <AdvancedFields />
      </details>
      <div class="actions">
        <button class={isOff.value ? 'primary' : ''}>{isOff.value ? 'Connect with these' : 'End the connection'}</button>
      </div>
    </form>
  )
}

const PLACES: readonly (readonly [Place, string])[] = [
  ['page', 'This page'],
  ['worker', 'A worker'],
  ['shared', 'Shared by all tabs of this browser'],
]
const PLACE_HINTS = {
  page: 'Each tab has a connection of its own.',
  worker: 'Each tab has a connection of its own, which goes on while the page is busy.',
  shared: 'Tabs of the same account have one connection: to others, all of them are one webapp, or one MQTT client.',
}

function AdvancedFields() {
  const { role, root, runsIn, outbox } = settings.value
  return (
    <div class="stack">
      {role === 'webapp' && <TextField label="Root of its topics" code value={root} onChange={(value) => change({ root: value })} />}
      <Choice label="The connection runs in" value={runsIn} options={PLACES} onChange={(place) => change({ runsIn: place })} />
      <p class="quiet">{PLACE_HINTS[runsIn]}</p>
      <Check label="Keep unsent messages over reload" checked={outbox} onChange={(checked) => change({ outbox: checked })} />
      {outbox && <p class="quiet">Of QoS 1 and 2, in an outbox of this browser: as they are, for every script of this site to read.</p>}
    </div>
  )
}

/** What the convention decides for webapps. */
function ClientFields() {
  const { clientId, sessionExpiry, cleanStart, outbox, will } = settings.value
  return (
    <>
      <div class="pair">
        <TextField
          label="Client identifier"
          code
          placeholder="made up"
          value={clientId}
          onChange={(value) => change({ clientId: value })}
        />
        <NumberField
          label="Session expiry, s"
          range={[0, UINT32]}
          value={sessionExpiry}
          onChange={(value) => change({ sessionExpiry: value })}
        />
      </div>
      <Check
        label="Clean start"
        checked={cleanStart && !outbox}
        disabled={outbox}
        onChange={(checked) => change({ cleanStart: checked })}
      />
      <details>
        <summary>Will{will.topic !== '' && <span class="count">1</span>}</summary>
        <WillForm will={will} onChange={(some) => change({ will: { ...will, ...some } })} />
      </details>
    </>
  )
}

function WillForm({ will, onChange }: { will: WillFields; onChange: (some: Partial<WillFields>) => void }) {
  return (
    <div class="stack">
      <TextField label="Topic of the will" code placeholder="none" value={will.topic} onChange={(topic) => onChange({ topic })} />
      <TextArea label="Payload of the will" rows={2} value={will.payload} onChange={(payload) => onChange({ payload })} />
      <div class="inline">
        <Choice label="QoS of the will" value={will.qos} options={QOS} onChange={(qos) => onChange({ qos })} />
        <NumberField label="Delay, s" range={[0, UINT32]} value={will.delay} onChange={(delay) => onChange({ delay })} />
        <Check label="Retain the will" checked={will.retain} onChange={(retain) => onChange({ retain })} />
      </div>
      <PropertiesFields value={will.properties} onChange={(properties) => onChange({ properties })} />
    </div>
  )
}
