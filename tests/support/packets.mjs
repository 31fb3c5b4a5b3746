/** The few MQTT packets that testing the servers themselves takes; clients are tested with the engine, never with these. */

/**
 * A CONNECT of MQTT 3.1.1 with a clean session.
 * @param {string} clientId
 * @param {{ user: string, password: string }} [credentials]
 */
export function connectPacket(clientId, credentials) {
  const flags = credentials ? 0xc2 : 0x02
  const fields = [clientId, ...(credentials ? [credentials.user, credentials.password] : [])].map(text)
  return packet(0x10, Buffer.concat([text('MQTT'), Buffer.from([4, flags, 0, 30]), ...fields]))
}

/**
 * @param {string} topic
 * @param {string | Buffer} payload
 */
export function publishPacket(topic, payload) {
  return packet(0x30, Buffer.concat([text(topic), Buffer.from(payload)]))
}

/** @param {string} filter */
export function subscribePacket(filter) {
  return packet(0x82, Buffer.concat([Buffer.from([0, 1]), text(filter), Buffer.from([0])]))
}

/**
 * A CONNACK of MQTT 5 that refuses, with the broker's own words.
 * @param {number} reasonCode
 * @param {string} reasonString of less than 120 bytes
 */
export function refusalPacket(reasonCode, reasonString) {
  const reason = Buffer.concat([Buffer.from([0x1f]), text(reasonString)])
  return packet(0x20, Buffer.concat([Buffer.from([0, reasonCode, reason.length]), reason]))
}

/**
 * @param {number} first
 * @param {Buffer} rest
 */
function packet(first, rest) {
  const header = [first]
  let length = rest.length
  do {
    header.push((length & 0x7f) | (length > 0x7f ? 0x80 : 0))
    length >>= 7
  } while (length > 0)
  return Buffer.concat([Buffer.from(header), rest])
}

/** @param {string} value */
function text(value) {
  const bytes = Buffer.from(value)
  return Buffer.concat([Buffer.from([bytes.length >> 8, bytes.length & 0xff]), bytes])
}
