// What the module refuses at once of a webapp's names and records, refused in the page (docs/protocol.md, "Names").
import type { LayerError, LayerOptions, RequestTarget } from '../../webapp/layer.js'

const NAME = /^[A-Za-z0-9_.-]{1,64}$/
const RAND = /^[a-z0-9]{4,16}$/
/** The broker would not take noncharacters either (MQTT 5.0, 1.5.4). */
const FORBIDDEN = /\p{Cc}|\p{Noncharacter_Code_Point}/u
const LONE_SURROGATE = /\p{Surrogate}/u
const LONGEST_ACCOUNT_PART = 64
const LONGEST_LEVEL = 128
const LONGEST_ROOT = 1024
const LARGEST_RECORD = 4096
/** How much longer another uid may be than the first. */
const GROWTH_OF_RAND = 4

const encoder = /* @__PURE__ */ new TextEncoder()

type Code = LayerError | 'invalid_utf8'

/** By the code of the module's error; a sentence. */
const TEXTS: Partial<Record<Code, string>> = {
  invalid_root: "The topic root is not valid: it must be empty, or end in '/'",
  invalid_name: 'A name is empty, too long, or has characters that are not allowed',
  invalid_utf8: 'A name has a surrogate without its other half',
  invalid_argument: 'A message must not look like a call: it has a member "jsonrpc"',
  payload_too_large: 'The record is larger than the 4,096 bytes that it may have',
}

/** As the module throws it. */
export function moduleError(code: string | undefined, message: string): Error {
  const error = Object.assign(new Error(message), { code })
  Object.defineProperty(error, 'name', { value: 'MqttError' })
  return error
}

export function refusal(code: Code, subject: string): Error {
  return moduleError(code, `${subject}: ${TEXTS[code]}`)
}

/** Throws what the module throws where it is no text at all. */
export function isLevel(text: string, forbidden = /[/+#]/, longest = LONGEST_LEVEL): boolean {
  if (LONE_SURROGATE.test(text)) throw refusal('invalid_utf8', 'A name')
  const isSound = text !== '' && !forbidden.test(text) && !FORBIDDEN.test(text)
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
  return isLevel(root, /[+#]/, LONGEST_ROOT) && root.endsWith('/') && !root.startsWith('$')
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
export function checkRecord(uid: string, options: LayerOptions, subject: string): void {
  if (!fitsRecord(uid, options)) throw refusal('payload_too_large', subject)
}

export function fitsRecord(uid: string, { state, tabs = '', since, renames }: LayerOptions): boolean {
  const more = tabs === '' ? '' : `,"tabs":${tabs}`
  const size = encoder.encode(`{"online":true,"uid":${JSON.stringify(uid)},"since":${since},"state":${state}${more}}`).length
  return size + (renames ? GROWTH_OF_RAND : 0) <= LARGEST_RECORD
}
