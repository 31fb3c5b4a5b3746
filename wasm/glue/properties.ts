// MQTT 5 properties: objects to blocks and back (MQTT 5.0, 2.2.2). The engine checks which may stand where.
import { properties, PropertyType } from '../boundary/engine.js'
import type { Properties } from '../wsmq.js'
import { BlockWriter, bytesOf, checkText, decodeText, nothing, textEncoder } from './bytes.js'
import { MqttError } from './errors.js'

const propertyTable: Record<keyof Properties, readonly [id: number, type: PropertyType]> = properties
const propertyOfName = new Map<string, readonly [id: number, type: PropertyType]>(Object.entries(propertyTable))
/** By identifier. */
const nameOfId: [name: string, type: PropertyType][] = []
for (const [name, [id, type]] of propertyOfName) nameOfId[id] = [name, type]

const largestVarying = 268_435_455

function refuseProperty(message: string): never {
  throw new MqttError('invalid_property', message)
}

/** @returns the block, without its length */
export function encodeProperties(properties: Properties | undefined): Uint8Array {
  if (properties === undefined) return nothing
  if (typeof properties !== 'object' || properties === null) refuseProperty('Properties must be an object.')
  const block = new BlockWriter()
  for (const [name, value] of Object.entries(properties)) {
    if (value === undefined) continue
    const property = propertyOfName.get(name)
    if (property === undefined) refuseProperty(`There is no property "${name}".`)
    encodeProperty(block, ...property, name, value)
  }
  return block.taken()
}

function encodeProperty(block: BlockWriter, id: number, type: PropertyType, name: string, value: unknown) {
  if (type === PropertyType.textPair) {
    for (const pair of (Array.isArray(value) ? value : Object.entries(value as object)) as unknown[]) {
      if (!Array.isArray(pair) || pair.length !== 2) refuseProperty(`${name} must be pairs of a name and a value.`)
      block.byte(id)
      encodeField(block, propertyText(name, pair[0]), name)
      encodeField(block, propertyText(name, pair[1]), name)
    }
    return
  }
  if (type === PropertyType.variableByteInteger && Array.isArray(value)) {
    for (const each of value) encodeProperty(block, id, type, name, each)
    return
  }
  block.byte(id)
  if (type === PropertyType.text) encodeField(block, propertyText(name, value), name)
  else if (type === PropertyType.binary) encodeField(block, bytesOf(value, name), name)
  else encodeInteger(block, name, type, Number(value))
}

function encodeInteger(block: BlockWriter, name: string, type: PropertyType, value: number) {
  const largest = type === PropertyType.variableByteInteger ? largestVarying : 2 ** (type * 8) - 1
  if (!Number.isInteger(value) || value < 0 || value > largest) refuseProperty(`${name} is a whole number from 0 to ${largest}.`)
  if (type !== PropertyType.variableByteInteger) return block.integer(value, type)
  for (; value > 0x7f; value >>>= 7) block.byte((value & 0x7f) | 0x80)
  block.byte(value)
}

function propertyText(name: string, value: unknown) {
  if (typeof value !== 'string') refuseProperty(`${name} must be a string, not ${typeof value}.`)
  checkText(value, name)
  return textEncoder.encode(value)
}

function encodeField(block: BlockWriter, bytes: Uint8Array, name: string) {
  if (bytes.length > 0xffff) refuseProperty(`${name} is longer than 65,535 bytes.`)
  block.integer(bytes.length, 2)
  block.bytes(bytes)
}

export const noProperties: Properties = Object.freeze({})

/** Of a block that the engine found sound. */
export function decodeProperties(bytes: Uint8Array, begin: number, end: number): Properties {
  if (begin === end) return noProperties
  let at = begin
  const integer = (width: number) => {
    let value = 0
    for (; width > 0; width--) value = value * 256 + bytes[at++]
    return value
  }
  const varying = () => {
    let value = 0
    for (let shift = 0; ; shift += 7) {
      const byte = bytes[at++]
      value |= (byte & 0x7f) << shift
      if (byte < 0x80) return value
    }
  }
  const text = () => {
    const length = integer(2)
    return decodeText(bytes, at, (at += length))
  }
  const decoded: Record<string, unknown> = {}
  while (at < end) {
    const [name, type] = nameOfId[bytes[at++]]
    if (type === PropertyType.textPair) ((decoded[name] ??= []) as unknown[]).push([text(), text()])
    else if (type === PropertyType.text) decoded[name] = text()
    else if (type === PropertyType.binary) {
      const length = integer(2)
      decoded[name] = bytes.slice(at, (at += length))
    } else if (type === PropertyType.variableByteInteger) {
      const value = varying()
      const former = decoded[name]
      decoded[name] = former === undefined ? value : Array.isArray(former) ? [...former, value] : [former, value]
    } else decoded[name] = integer(type)
  }
  return decoded
}
