// The lists of people, services and devices.
import { place, uid } from '../connection/link.js'
import { change, remember, settings } from '../store/settings.js'
import { topic, view } from '../store/view.js'
import { chosen } from '../calls/chosen.js'
import { reconnect } from '../connection/reconnect.js'
import { Choice, Heading } from '../ui/fields.js'
import { isNarrow } from '../ui/media.js'
import { number, plural, since } from '../ui/text.js'
import { VirtualList } from '../ui/virtual-list.js'
import { type Device, devices, keyOfService, people, roomsOf, services } from './participants.js'
import { target } from './talk.js'

const USERS = ['ann', 'bob', 'carla']

interface RowProps {
  name: string
  detail: string
  badges?: readonly string[]
  isOn: boolean
  title: string
  onClick: () => void
}

function Row({ name, detail, badges = [], isOn, title, onClick }: RowProps) {
  return (
    <button type="button" class="row" title={title} onClick={onClick}>
      <span class="dot" data-on={isOn} />
      <span class={isOn ? 'name' : 'name off'}>{name}</span>
      {badges.map((text) => (
        <span key={text} class="badge">
          {text}
        </span>
      ))}
      <span class="detail">{detail}</span>
    </button>
  )
}

const rowHeight = () => (isNarrow.value ? 48 : 34)

function Count({ value }: { value: number }) {
  return value === 0 ? null : <span class="count">{number(value)}</span>
}

export function PeoplePanel() {
  const all = people.value
  const { user } = settings.value
  const users = USERS.includes(user) ? USERS : [user, ...USERS]
  const beAnother = (another: string) => {
    change({ user: another })
    remember()
    void reconnect()
  }
  return (
    <section class="panel people" style={{ '--rows': all.length }} aria-labelledby="people-title">
      <Heading id="people-title" text="People">
        <Count value={all.length} />
      </Heading>
      <div class="own">
        <Choice label="You are" value={user} options={users.map((each) => [each, each] as const)} onChange={beAnother} />
        <code id="own">{uid.value || 'not there'}</code>
      </div>
      {place.value === 'shared' && uid.value !== '' && <p class="quiet">All tabs of {user} in this browser are this one webapp.</p>}
      {all.length === 0 && <p class="quiet">Nobody else. Open this page in a second tab.</p>}
      <VirtualList rows={all} rowHeight={rowHeight()} label="Others who are here" keyOf={(each) => each.uid}>
        {(each) => (
          <Row
            isOn
            name={each.uid}
            detail={since(each.since.getTime())}
            badges={roomsOf(each).length > 1 ? [`${roomsOf(each).length} rooms`] : []}
            title={`Talk with ${each.uid}`}
            onClick={() => {
              target.value = each.uid
              view.value = 'people'
            }}
          />
        )}
      </VirtualList>
    </section>
  )
}

export function ServicesPanel() {
  const all = services.value
  return (
    <section class="panel services" style={{ '--rows': all.length }} aria-labelledby="services-title">
      <Heading id="services-title" text="Services">
        <Count value={all.length} />
      </Heading>
      {all.length === 0 && <p class="quiet">None is running.</p>}
      <VirtualList rows={all} rowHeight={rowHeight()} label="Services that are running" keyOf={keyOfService}>
        {({ service, instance, methods }) => (
          <Row
            isOn
            name={service}
            badges={[String(methods.length)]}
            detail={instance}
            title={`Call ${service}, instance ${instance}, with ${plural(methods.length, 'method')}`}
            onClick={() => {
              chosen.value = { ...chosen.value, target: service }
              view.value = 'services'
            }}
          />
        )}
      </VirtualList>
    </section>
  )
}

export function DevicesPanel() {
  const all = devices.value
  return (
    <section class="panel devices" style={{ '--rows': all.length }} aria-labelledby="devices-title">
      <Heading id="devices-title" text="Devices">
        <Count value={all.length} />
      </Heading>
      {all.length === 0 && <p class="quiet">No device has been heard of.</p>}
      <VirtualList rows={all} rowHeight={rowHeight()} label="Devices" keyOf={(each) => each.serialNumber}>
        {(each) => <DeviceRow {...each} />}
      </VirtualList>
    </section>
  )
}

function DeviceRow({ serialNumber, status: { online, recording, broadcasting, battery } }: Device) {
  const badges = [recording === true ? 'rec' : '', broadcasting === true ? 'live' : ''].filter(Boolean)
  // Anything may stand there: nobody checks what is the application's own.
  const charge = typeof battery === 'number' ? `${battery} %` : 'online'
  return (
    <Row
      isOn={online}
      name={serialNumber}
      badges={online ? badges : []}
      detail={online ? charge : 'offline'}
      title={`Show the status of ${serialNumber}`}
      onClick={() => {
        topic.value = `${settings.value.root}device/status/${serialNumber}`
        view.value = 'topics'
      }}
    />
  )
}
