// A broker that goes and comes back while messages are on their way.
import { setTimeout as sleep } from 'node:timers/promises'
import { becomes, NotTried } from '../lab.mjs'

const count = 300
const pause = 10 // ms between messages

/** @type {import('../run.mjs').Probe[]} */
export const restart = [
  {
    row: `restart while ${count} messages of QoS 1 go to a session`,
    seconds: 90,
    alone: true,
    async run(lab) {
      const { restart } = lab.target
      if (!restart) throw new NotTried('not our broker')
      const lasting = { reconnect: { minDelay: 100, maxDelay: 500 }, cleanStart: false, sessionExpiryInterval: 300 }
      const topic = lab.topic()
      /** @type {number[]} */
      const got = []
      const receiver = await lab.ours({
        ...lasting,
        prepare: (/** @type {any} */ mq) => mq.on('message', (/** @type {any} */ message) => got.push(Number(message.text()))),
      })
      await receiver.subscribe(topic, { qos: 1 }, () => {}).ready
      const publisher = await lab.ours(lasting)
      /** @type {boolean[]} */
      const kept = []
      receiver.on('state', (/** @type {any} */ change) => change.state === 'connected' && kept.push(change.sessionPresent))
      let accepted = 0
      let restarting
      for (let index = 0; index < count; ++index) {
        if (index === count / 3) restarting = restart()
        publisher.publish(topic, String(index), { qos: 1 }).then(
          () => (accepted += 1),
          () => {},
        )
        await sleep(pause)
      }
      await restarting
      await becomes(() => accepted === count, 30_000)
      await becomes(() => new Set(got).size === count, 5000)
      const arrived = new Set(got).size
      const isKept = !kept.includes(false) // it may have come back more than once
      const later = publisher.publish(topic, String(count), { qos: 1 })
      later.catch(() => {})
      if (!(await becomes(() => got.includes(count), 20_000)))
        return `no (${accepted} of ${count} accepted, and nothing arrives afterwards)`
      // What the broker takes before the receiver is back is for a session that it has lost.
      if (!isKept) return `no (the session is lost; ${accepted} of ${count} accepted, and some of them lost)`
      return `${arrived === count ? 'yes' : 'no'} (${arrived} of ${accepted} accepted)`
    },
  },
]
