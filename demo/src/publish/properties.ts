// The MQTT 5 properties of a message, as a form has them and as the package does.
import type { MessageProperties } from 'websocket-mq/webapp/wasm'
import { record, text } from '../store/shapes.js'

export interface PropertyFields {
  contentType: string
  responseTopic: string
  correlationData: string
  /** Seconds, or empty. */
  expiry: string
  /** Lines of `name=value`. */
  userProperties: string
}

export const NO_PROPERTIES: PropertyFields = { contentType: '', responseTopic: '', correlationData: '', expiry: '', userProperties: '' }

export function readProperties(value: unknown): PropertyFields {
  const given = record(value)
  const names = Object.keys(NO_PROPERTIES) as (keyof PropertyFields)[]
  return Object.fromEntries(names.map((name) => [name, text(given[name], '')])) as unknown as PropertyFields
}

/** Only what was filled in. Throws an Error with a sentence for the user. */
export function propertiesOf(fields: PropertyFields): MessageProperties {
  const { contentType, responseTopic, correlationData, expiry, userProperties } = fields
  return {
    ...(contentType && { contentType }),
    ...(responseTopic && { responseTopic }),
    ...(correlationData && { correlationData: new TextEncoder().encode(correlationData) }),
    ...(expiry && { messageExpiryInterval: Number(expiry) }),
    ...(userProperties.trim() && { userProperties: pairsOf(userProperties) }),
  }
}

/** What a message has, for the form. */
export function fieldsOf({
  contentType,
  responseTopic,
  correlationData,
  messageExpiryInterval,
  userProperties,
}: MessageProperties): PropertyFields {
  return {
    contentType: contentType ?? '',
    responseTopic: responseTopic ?? '',
    correlationData: correlationData === undefined ? '' : new TextDecoder().decode(correlationData),
    expiry: messageExpiryInterval?.toString() ?? '',
    userProperties: pairsIn(userProperties)
      .map(([name, value]) => `${name}=${value}`)
      .join('\n'),
  }
}

export function pairsIn(properties: MessageProperties['userProperties']): readonly (readonly [string, string])[] {
  return Array.isArray(properties) ? (properties as [string, string][]) : Object.entries((properties ?? {}) as Record<string, string>)
}

function pairsOf(lines: string): [string, string][] {
  return lines
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line) => {
      const at = line.indexOf('=')
      if (at < 0) throw new Error(`"${line.trim()}" is no user property: write each in a line of its own, as name=value.`)
      return [line.slice(0, at).trim(), line.slice(at + 1).trim()]
    })
}
