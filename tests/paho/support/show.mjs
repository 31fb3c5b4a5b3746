// Values as lines of text that can be compared.

/** @param {unknown} value @returns {string} */
export function valueText(value) {
  if (value === null) return 'null'
  if (value instanceof TypeError || value instanceof RangeError) return `${value.name}` // the text is the browser's
  if (value instanceof Error) return `Error ${JSON.stringify(value.message.replace(/Stack trace: .*/s, 'Stack trace: …'))}`
  if (value instanceof ArrayBuffer) return `ArrayBuffer(${Buffer.from(value).toString('hex')})`
  if (ArrayBuffer.isView(value))
    return `${value.constructor.name}(${Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString('hex')})`
  if (Array.isArray(value)) return `[${value.map(valueText).join(', ')}]`
  switch (typeof value) {
    case 'string':
      return value.length > 300 ? `text of ${value.length}` : JSON.stringify(value)
    case 'function':
      return 'function'
    case 'object':
      return `{${Object.entries(/** @type {object} */ (value))
        .map(([key, inner]) => `${key}: ${typeof inner === 'object' && inner === value ? 'itself' : valueText(inner)}`)
        .join(', ')}}`
    default:
      return String(value)
  }
}

/** @param {any} message */
export function messageText(message) {
  const { destinationName, qos, retained, duplicate, payloadBytes } = message
  const bytes = Buffer.from(payloadBytes)
  const payload = bytes.length > 64 ? `${bytes.length} bytes` : bytes.toString('latin1')
  return `Message ${destinationName} ${JSON.stringify(payload)} qos=${qos}${retained ? ' retained' : ''}${duplicate ? ' duplicate' : ''}`
}
