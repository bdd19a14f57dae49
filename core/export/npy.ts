/** NumPy's array file (NEP 1): magic, version, a header that is a Python dictionary, then the elements. */
import { BidualError } from '../errors.ts'
import type { NamedArray } from '../experiments/problem.ts'

const MAGIC = [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59]
/** The elements begin at a multiple of this. */
const ALIGNMENT = 64

interface ElementType {
  bytes: number
  get: (view: DataView, at: number) => number
}

const INTEGER = (view: DataView, at: number) => Number(view.getBigInt64(at, true))
const ELEMENT_TYPES: Partial<Record<string, ElementType>> = {
  '<f8': { bytes: 8, get: (view, at) => view.getFloat64(at, true) },
  '>f8': { bytes: 8, get: (view, at) => view.getFloat64(at, false) },
  '<f4': { bytes: 4, get: (view, at) => view.getFloat32(at, true) },
  '<i8': { bytes: 8, get: INTEGER },
  '<i4': { bytes: 4, get: (view, at) => view.getInt32(at, true) },
  '|u1': { bytes: 1, get: (view, at) => view.getUint8(at) },
  '|b1': { bytes: 1, get: (view, at) => view.getUint8(at) },
}

/**
 * An array as NPY version 1.0: float64, little endian, C order.
 *
 * @throws RangeError when shape and data do not agree.
 */
export function writeNpy({ shape, data }: NamedArray): Uint8Array {
  const count = product(shape)
  if (count !== data.length)
    throw new RangeError(`Shape ${shape.join('×')} needs ${count} entries, found ${data.length}.`)
  const tuple = shape.length === 1 ? `(${shape[0]},)` : `(${shape.join(', ')})`
  const header = `{'descr': '<f8', 'fortran_order': False, 'shape': ${tuple}, }`
  const start = Math.ceil((MAGIC.length + 4 + header.length + 1) / ALIGNMENT) * ALIGNMENT
  const bytes = new Uint8Array(start + data.length * 8)
  bytes.fill(0x20, 0, start)
  bytes.set([...MAGIC, 1, 0])
  bytes.set(new TextEncoder().encode(header), MAGIC.length + 4)
  bytes[start - 1] = 0x0a
  const view = new DataView(bytes.buffer)
  view.setUint16(MAGIC.length + 2, start - MAGIC.length - 4, true)
  for (let i = 0; i < data.length; i++) view.setFloat64(start + 8 * i, data[i], true)
  return bytes
}

/**
 * An array of real numbers from NPY versions 1 to 3; Fortran order is turned into C order.
 *
 * @param name for messages
 * @throws BidualError for anything else, and for files that are cut off.
 */
export function readNpy(bytes: Uint8Array, name = 'array.npy'): NamedArray {
  if (MAGIC.some((byte, i) => bytes[i] !== byte)) throw npyError('Expected a NumPy array (NPY).', name)
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const { text, start } = readHeader(bytes, view, name)
  const descr = /'descr':\s*'([^']*)'/.exec(text)?.[1] ?? 'none'
  const type = ELEMENT_TYPES[descr]
  if (!type)
    throw npyError(`Expected real numbers, found elements of type ${descr}. Save it as float64.`, name)
  const shape = readShape(text, name)
  const count = product(shape)
  if (bytes.length < start + count * type.bytes) {
    throw npyError(`The array is cut off: ${count} elements are promised. Get it again.`, name)
  }
  const data = new Float64Array(count)
  for (let i = 0; i < count; i++) data[i] = type.get(view, start + i * type.bytes)
  const isFortran = /'fortran_order':\s*True/.test(text)
  return { shape, data: isFortran ? toRowMajor(shape, data) : data }
}

function readHeader(bytes: Uint8Array, view: DataView, name: string): { text: string; start: number } {
  const version = bytes[6]
  if (!(version >= 1 && version <= 3)) throw npyError(`NPY version ${version} is not known.`, name)
  const lengthBytes = version === 1 ? 2 : 4
  const first = 8 + lengthBytes
  if (bytes.length < first) throw npyError('The header is cut off.', name)
  const length = version === 1 ? view.getUint16(8, true) : view.getUint32(8, true)
  if (bytes.length < first + length) throw npyError('The header is cut off.', name)
  return { text: new TextDecoder().decode(bytes.subarray(first, first + length)), start: first + length }
}

function readShape(header: string, name: string): number[] {
  const tuple = /'shape':\s*\(([\d\s,L]*)\)/.exec(header)?.[1]
  if (tuple === undefined) throw npyError('The header names no shape.', name)
  return tuple
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '')
    .map((part) => Number.parseInt(part, 10))
}

/** Index of an element runs through the first dimension fastest in Fortran order, through the last in C order. */
function toRowMajor(shape: readonly number[], data: Float64Array): Float64Array {
  const strides = shape.map((_, k) => product(shape.slice(0, k)))
  return data.map((_, i) => {
    let rest = i
    let at = 0
    for (let k = shape.length - 1; k >= 0; k--) {
      at += (rest % shape[k]) * strides[k]
      rest = Math.floor(rest / shape[k])
    }
    return data[at]
  })
}

function product(sizes: readonly number[]): number {
  return sizes.reduce((total, size) => total * size, 1)
}

function npyError(message: string, file: string): BidualError {
  return new BidualError('bad-input', message, { file })
}
