const mask = (1n << 64n) - 1n
const fnvPrime = 0x100_0000_01b3n

/** FNV-1a of 64 bits and MurmurHash3's finalizer. @param {string} text */
function hash(text) {
  let value = 0xcbf2_9ce4_8422_2325n
  for (const byte of Buffer.from(text)) value = ((value ^ BigInt(byte)) * fnvPrime) & mask
  for (const factor of [0xff51_afd7_ed55_8ccdn, 0xc4ce_b9fe_1a85_ec53n]) value = ((value ^ (value >> 33n)) * factor) & mask
  return value ^ (value >> 33n)
}

/**
 * Who answers where there are no shared subscriptions.
 * @param {string[]} instances
 * @param {string} uid
 * @param {string} id its characters
 */
export function winner(instances, uid, id) {
  const weights = instances.toSorted().map((instance) => ({ instance, weight: hash(`${instance}/${uid}/${id}`) }))
  return weights.reduce((best, each) => (each.weight >= best.weight ? each : best)).instance
}
