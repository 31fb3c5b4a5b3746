// The filters of subscribe() and unsubscribe(), encoded for C++.
import type { FilterOptions, SubscribeOptions } from '../wsmq.js'
import { BlockWriter, encodeText, hasLoneSurrogate } from './bytes.js'
import { MqttError } from './errors.js'
import { checkInteger, checkTruth, withoutUndefined } from './options.js'

/** For each: a byte of subscription options (MQTT 5.0, 3.8.3.1), the size as two bytes, little-endian, and the text. */
export function encodeFilters(filter: string | (string | FilterOptions)[], defaults: SubscribeOptions) {
  const block = new BlockWriter()
  for (const each of Array.isArray(filter) ? filter : [filter]) {
    const own = typeof each === 'object' && each !== null ? each : { topicFilter: each }
    const {
      topicFilter,
      qos = 0,
      noLocal = false,
      retainAsPublished = false,
      retainHandling = 0,
    } = { ...defaults, ...withoutUndefined(own) }
    if (typeof topicFilter === 'string' && hasLoneSurrogate(topicFilter))
      throw new MqttError('invalid_topic', 'A topic filter has a surrogate without its other half.')
    const text = encodeText(topicFilter, 'A topic filter')
    if (text.length > 0xffff) throw new MqttError('invalid_topic', 'A topic filter is too long.')
    const flags = (checkTruth('noLocal', noLocal) << 2) | (checkTruth('retainAsPublished', retainAsPublished) << 3)
    block.byte(checkInteger('qos', qos, 0, 2) | flags | (checkInteger('retainHandling', retainHandling, 0, 2) << 4))
    block.littleEndian(text.length, 2)
    block.bytes(text)
  }
  return block.taken()
}
