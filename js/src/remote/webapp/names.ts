// What the module refuses at once of a webapp's names and records, refused in the page (docs/protocol.md, "Names").
import type { LayerError, LayerOptions, RequestTarget } from '../../webapp/layer.js'

const NAME = /^[A-Za-z0-9_.-]{1,64}$/
const RAND = /^[a-z0-9]{4,16}$/
// eslint-disable-next-line no-control-regex -- which is what this is about
const CONTROL = /[\0-\x1f\x7f-\x9f]/
const LONE_SURROGATE = /\p{Surrogate}/u
const LONGEST_ACCOUNT_PART = 64
const LONGEST_LEVEL = 128
const LONGEST_ROOT = 1024
const LARGEST_RECORD = 4096
/** How much longer another uid may be than the first. */
const GROWTH_OF_RAND = 4

const encoder = /* @__PURE__ */ new TextEncoder()

/** By the code of the module's error; a sentence. */
const TEXTS: Partial<Record<LayerError, string>> = {
  invalid_root: "The topic root is not valid: it must be empty, or end in '/'",
  invalid_name: 'A name is empty, too long, or has characters that are not allowed',
  invalid_argument: 'A message must not look like a call: it has a member "jsonrpc"',
  payload_too_large: 'The record is larger than the 4,096 bytes that it may have',
}

/** As the module throws it. */
export function refusal(code: LayerError, subject: string): Error {
  const error = Object.assign(new Error(`${subject}: ${TEXTS[code]}`), { code })
  Object.defineProperty(error, 'name', { value: 'MqttError' })
  return error
}

export function isLevel(text: string, forbidden = /[/+#]/, longest = LONGEST_LEVEL): boolean {
  const isSound = text !== '' && !forbidden.test(text) && !CONTROL.test(text) && !LONE_SURROGATE.test(text)
  return isSound && encoder.encode(text).length <= longest
}

export function isRoom(room: string): boolean {
  return isLevel(room) && !room.startsWith('_')
}

export function isAccountPart(part: string): boolean {
  return isLevel(part, /[/+#:]/, LONGEST_ACCOUNT_PART)
}

export function isUid(uid: string): boolean {
  const [org = '', user = '', rand = '', ...more] = uid.split(':')
  return more.length === 0 && isAccountPart(org) && isAccountPart(user) && RAND.test(rand)
}

export function isRoot(root: string): boolean {
  if (root === '') return true
  return root.endsWith('/') && !/^\$|[+#]/.test(root) && isLevel(root, /[+#]/, LONGEST_ROOT)
}

/** Throws what the module throws. */
export function checkTarget(target: RequestTarget, method: string): void {
  const isKnown = 'peer' in target ? isUid(target.peer) : target.service === '' || NAME.test(target.service)
  if (!isKnown || !NAME.test(method)) throw refusal('invalid_name', method)
}

export function checkNamed(isSound: boolean, subject: string): void {
  if (!isSound) throw refusal('invalid_name', subject)
}

/** The record of a webapp that is online. */
export function checkRecord(uid: string, { state, since, renames }: LayerOptions, subject: string): void {
  const size = encoder.encode(`{"online":true,"uid":${JSON.stringify(uid)},"since":${since},"state":${state}}`).length
  if (size + (renames ? GROWTH_OF_RAND : 0) > LARGEST_RECORD) throw refusal('payload_too_large', subject)
}
