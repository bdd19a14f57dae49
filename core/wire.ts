/**
 * Messages between window and machine as one binary frame: a JSON header with the typed arrays taken out, then the
 * arrays' bytes.
 *
 * Layout: uint32 (little endian) byte length of the header, the header in UTF-8, then every payload at the next
 * multiple of 8 bytes from the start of the frame, in the order of the header. Numbers that JSON lacks (NaN, ±∞, −0)
 * survive; `undefined` properties are left out as in JSON. Both ends are little-endian machines.
 */
import { BidualError } from './errors.ts'
import type { ErrorPayload } from './errors.ts'
import type { EventName } from './protocol.ts'

/** Larger frames are refused on both sides: 1 GiB. */
export const MAX_FRAME_BYTES = 2 ** 30
/** Documents are shallow; deeper nesting is an attack or a defect. */
const MAX_DEPTH = 64
const ALIGNMENT = 8

const ARRAYS = {
  Uint8Array,
  Uint32Array,
  Int32Array,
  Float32Array,
  Float64Array,
} as const
type ArrayName = keyof typeof ARRAYS
type Payload = InstanceType<(typeof ARRAYS)[ArrayName]>

/** From the window. `name` and `params` are untrusted until the machine has validated them. */
export interface RequestMessage {
  type: 'request'
  id: number
  name: string
  params: unknown
}
/** From the machine. */
export type MachineMessage =
  | { type: 'response'; id: number; result: unknown }
  | { type: 'error'; id: number; error: ErrorPayload }
  | { type: 'event'; name: EventName; payload: unknown }
export type WireMessage = RequestMessage | MachineMessage

/** How a value that JSON cannot say is written in the header: an object with the one key `$`. */
type Marker =
  | { $: ArrayName; at: number; length: number }
  | { $: 'number'; value: string }
  | { $: 'object'; value: object }

const malformed = (what: string) => new BidualError('bad-input', `A message could not be read: ${what}.`)
const align = (offset: number) => Math.ceil(offset / ALIGNMENT) * ALIGNMENT

/**
 * @param message plain values, arrays, objects and typed arrays (which may lie in shared memory)
 * @returns one frame
 * @throws BidualError `too-large` above {@link MAX_FRAME_BYTES}; `internal` for values that cannot travel
 */
export function encodeFrame(message: WireMessage): Uint8Array<ArrayBuffer> {
  const payloads: Payload[] = []
  const header = new TextEncoder().encode(JSON.stringify(toHeader(message, payloads, 0)))
  let end = align(4 + header.length)
  const offsets = payloads.map(({ byteLength }) => {
    const offset = end
    end = align(end + byteLength)
    return offset
  })
  if (end > MAX_FRAME_BYTES) throw tooLarge(end)
  const frame = new Uint8Array(end)
  new DataView(frame.buffer).setUint32(0, header.length, true)
  frame.set(header, 4)
  payloads.forEach((array, i) =>
    frame.set(new Uint8Array(array.buffer, array.byteOffset, array.byteLength), offsets[i]),
  )
  return frame
}

/** @throws BidualError `too-large`, naming both sizes. */
export function tooLarge(bytes: number): BidualError {
  const mebibytes = (value: number) => `${Math.ceil(value / 2 ** 20)} MiB`
  return new BidualError(
    'too-large',
    `A message of ${mebibytes(bytes)} is over the limit of ${mebibytes(MAX_FRAME_BYTES)}. Use a smaller file.`,
  )
}

function arrayNameOf(value: object): ArrayName | null {
  const name = Object.prototype.toString.call(value).slice(8, -1)
  return Object.hasOwn(ARRAYS, name) ? (name as ArrayName) : null
}

function toHeader(value: unknown, payloads: Payload[], depth: number): unknown {
  if (depth > MAX_DEPTH)
    throw new BidualError('internal', `A message is nested deeper than ${MAX_DEPTH} levels.`)
  switch (typeof value) {
    case 'number':
      return Number.isFinite(value) && !Object.is(value, -0)
        ? value
        : { $: 'number', value: Object.is(value, -0) ? '-0' : String(value) }
    case 'string':
    case 'boolean':
    case 'undefined':
      return value
    case 'object':
      return value === null ? null : objectToHeader(value, payloads, depth)
    case 'bigint':
    case 'function':
    case 'symbol':
      throw new BidualError('internal', `A ${typeof value} cannot travel in a message.`)
  }
}

function objectToHeader(value: object, payloads: Payload[], depth: number): unknown {
  const name = arrayNameOf(value)
  if (name) {
    payloads.push(value as Payload)
    return { $: name, at: payloads.length - 1, length: (value as Payload).length }
  }
  if (Array.isArray(value)) return value.map((item) => toHeader(item ?? null, payloads, depth + 1))
  const entries = Object.entries(value).map(([key, item]) => [key, toHeader(item, payloads, depth + 1)])
  const record = Object.fromEntries(entries) as object
  return Object.hasOwn(record, '$') ? { $: 'object', value: record } : record
}

/**
 * @param frame as {@link encodeFrame} made it, at any offset of its buffer
 * @returns the message; its typed arrays are copies
 * @throws BidualError `bad-input` for anything else, such as a header cut off, a payload past the end, a key
 *   `__proto__`; `too-large` above {@link MAX_FRAME_BYTES}
 */
export function decodeFrame(frame: Uint8Array): WireMessage {
  if (frame.byteLength > MAX_FRAME_BYTES) throw tooLarge(frame.byteLength)
  if (frame.byteLength < 4) throw malformed('it is shorter than its header')
  const length = new DataView(frame.buffer, frame.byteOffset).getUint32(0, true)
  if (4 + length > frame.byteLength) throw malformed('its header is cut off')
  const reader: Reader = { frame, end: align(4 + length), next: 0 }
  const message = fromHeader(parseHeader(frame.subarray(4, 4 + length)), reader, 0)
  if (!isMessage(message)) throw malformed('it is of no known type')
  return message
}

function parseHeader(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes))
  } catch {
    throw malformed('its header is not JSON')
  }
}

/** Each kind of message, by the types of its keys. */
const SHAPES: { [Type in WireMessage['type']]: Record<string, string> } = {
  request: { id: 'number', name: 'string' },
  response: { id: 'number' },
  error: { id: 'number', error: 'object' },
  event: { name: 'string' },
}

function isMessage(value: unknown): value is WireMessage {
  if (typeof value !== 'object' || value === null) return false
  const record = value as Record<string, unknown>
  if (typeof record.type !== 'string' || !Object.hasOwn(SHAPES, record.type)) return false
  const shape = SHAPES[record.type as WireMessage['type']]
  return Object.entries(shape).every(([key, type]) => typeof record[key] === type)
}

interface Reader {
  frame: Uint8Array
  /** Where the next payload begins. */
  end: number
  /** Its index. */
  next: number
}

function fromHeader(value: unknown, reader: Reader, depth: number): unknown {
  if (depth > MAX_DEPTH) throw malformed(`it is nested deeper than ${MAX_DEPTH} levels`)
  if (typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) return value.map((item) => fromHeader(item, reader, depth + 1))
  if (Object.hasOwn(value, '$')) return fromMarker(value as Marker, reader, depth)
  return mapValues(value, (item) => fromHeader(item, reader, depth + 1))
}

function mapValues(value: object, map: (item: unknown) => unknown): object {
  if (Object.hasOwn(value, '__proto__')) throw malformed('the key __proto__ is not allowed')
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, map(item)]))
}

function fromMarker(marker: Marker, reader: Reader, depth: number): unknown {
  if (marker.$ === 'number') return Number(marker.value)
  if (marker.$ === 'object' && typeof marker.value === 'object') {
    return mapValues(marker.value, (item) => fromHeader(item, reader, depth + 1))
  }
  if (Object.hasOwn(ARRAYS, marker.$))
    return readPayload(marker as { $: ArrayName; at: number; length: number }, reader)
  throw malformed('it holds an unknown kind of value')
}

/** Payloads come in the order of the header, so that no two of them can be made to overlap. */
function readPayload(marker: { $: ArrayName; at: number; length: number }, reader: Reader): Payload {
  const { BYTES_PER_ELEMENT } = ARRAYS[marker.$]
  const bytes = marker.length * BYTES_PER_ELEMENT
  if (marker.at !== reader.next || !Number.isInteger(marker.length) || marker.length < 0) {
    throw malformed('its arrays are out of order')
  }
  if (reader.end + bytes > reader.frame.byteLength) throw malformed('its arrays are cut off')
  // Not slice: a Node Buffer's would be a view on the frame.
  const copy = new Uint8Array(bytes)
  copy.set(reader.frame.subarray(reader.end, reader.end + bytes))
  reader.end = align(reader.end + bytes)
  reader.next++
  return new ARRAYS[marker.$](copy.buffer)
}
