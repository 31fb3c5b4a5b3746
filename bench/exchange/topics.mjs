/** Topic names come again and again: the last one is compared before anything is decoded. */
let lastBytes = new Uint8Array(0)
let lastName = ''

export function topicName(bytes, start, length) {
  if (length === lastBytes.length) {
    let at = 0
    while (at < length && bytes[start + at] === lastBytes[at]) at += 1
    if (at === length) return lastName
  }
  lastBytes = bytes.slice(start, start + length)
  lastName = Buffer.from(lastBytes).toString('latin1')
  return lastName
}
