// The access rules of the convention (docs/protocol.md), tried from inside: what an account can do and should not.
import { attempt, type Attempts, type Version } from './attempt.js'
import type { Connection } from '../index.js'
import type { Finding } from './diagnosis.js'

/** Topics and filters of a webapp, beside another one of the same organisation. */
export function webappRules(
  root: string,
  uid: string,
  other: string,
): Record<'publish' | 'subscribe', { allowed: string[]; forbidden: string[] }> {
  const below = (topics: string[]) => topics.map((topic) => root + topic)
  const [org = '', user = '', rand] = uid.split(':')
  return {
    publish: {
      allowed: below([
        `webapp/status/${uid}`,
        `webapp/req/${uid}`,
        `webapp/req/doctor/${uid}`,
        `webapp/peer/${other}/${uid}`,
        `webapp/room/doctor/${uid}`,
        `webapp/svc/doctor/one/${uid}`,
      ]),
      forbidden: below([
        `webapp/status/${other}`,
        `webapp/status/${org}:${user}:${rand === 'zzzz' ? 'yyyy' : 'zzzz'}`,
        `webapp/res/${uid}`,
        `webapp/res/${other}`,
        `webapp/peer/${uid}/${other}`,
        `webapp/room/doctor/${other}`,
        `webapp/req/${other}`,
        `webapp/req/doctor/${other}`,
        `webapp/svc/doctor/one/${other}`,
        'webapp/svc/doctor/one',
        'device/status/doctor',
      ]),
    },
    subscribe: {
      allowed: below([
        `webapp/res/${uid}`,
        `webapp/peer/${uid}/+`,
        'webapp/status/+',
        'webapp/room/doctor/+',
        'webapp/svc/+/+',
        'device/status/+',
      ]),
      forbidden: [
        '#',
        `+/webapp/res/${other}`,
        `$share/doctor/${root}webapp/req/doctor/+`,
        `$share/doctor/${root}webapp/res/${other}`,
        ...below([
          '#',
          'webapp/#',
          'webapp/res/+',
          `webapp/res/${other}`,
          'webapp/peer/#',
          `webapp/peer/${other}/+`,
          `webapp/+/${other}`,
          `webapp/peer/+/${uid}`,
          'webapp/req/#',
          'webapp/req/+',
          'webapp/req/doctor/+',
          'webapp/svc/+/+/+',
        ]),
      ],
    },
  }
}

interface Trial {
  readonly action: 'publish' | 'subscribe'
  readonly topic: string
  readonly allowed: boolean
}

/** Nothing that is published is retained, and all of it is empty, to names that nobody has. */
export async function tryRules(url: string, attempts: Attempts, version: Version, root: string, uid: string): Promise<Finding[]> {
  const [org = '', user] = uid.split(':')
  const rules = webappRules(root, uid, `${org}:${user === 'doctor' ? 'another' : 'doctor'}:zzzz`)
  const trials: Trial[] = (['publish', 'subscribe'] as const).flatMap((action) => [
    ...rules[action].allowed.map((topic) => ({ action, topic, allowed: true })),
    ...rules[action].forbidden.map((topic) => ({ action, topic, allowed: false })),
  ])
  const findings: Finding[] = []
  let untold = 0
  for (const { action, topic, allowed } of trials) {
    // Once more: a connection may also end because the one before had the same identifier.
    const may =
      (await isAllowed(url, attempts, version, uid, action, topic)) ||
      (allowed && (await isAllowed(url, attempts, version, uid, action, topic)))
    if (may && !allowed && version < 5 && action === 'publish') untold += 1
    else if (may !== allowed)
      findings.push({
        check: 'access',
        status: 'error',
        text: allowed
          ? `This account cannot ${action} ${topic}, which every webapp needs: add it to the access rules.`
          : `This account can ${action} ${topic}, which it must not: the access rules are too wide.`,
      })
  }
  if (untold > 0)
    findings.push({
      check: 'access',
      status: 'skipped',
      text: `Below MQTT 5 a broker does not say whether it refused a publication: ${untold} were not judged.`,
    })
  if (findings.every(({ status }) => status !== 'error'))
    findings.push({
      check: 'access',
      status: 'ok',
      text: `The access rules are those of the convention, as far as ${uid} can tell (${trials.length - untold} trials).`,
    })
  return findings
}

/** Some brokers answer what they forbid by closing the connection, so that each trial has one of its own. */
async function isAllowed(
  url: string,
  attempts: Attempts,
  version: Version,
  uid: string,
  action: Trial['action'],
  topic: string,
): Promise<boolean> {
  const begin = (): Promise<Connection> => attempt(url, { ...attempts, clientId: uid }, { protocolVersion: version })
  // Once more: a broker may not be done with the connection before, which had the same client identifier.
  const mq = await begin().catch(begin)
  const refused = mq.closed.then(() => false)
  const asked =
    action === 'publish' ? mq.publish(topic, '', { qos: 1 }) : mq.subscribe(topic, { qos: 1, retainHandling: 2 }, () => {}).ready
  try {
    return await Promise.race([
      refused,
      Promise.resolve(asked).then(
        () => true,
        () => false,
      ),
    ])
  } finally {
    await mq.disconnect().catch(() => {})
  }
}
