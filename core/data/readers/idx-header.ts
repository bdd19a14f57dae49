/** Header of an IDX file: two zero bytes, element type, number of dimensions, then the dimensions (big endian). */
import { BidualError } from '../../errors.ts'
import type { NumericArray } from '../table.ts'

interface ElementType {
  bytes: number
  make: (length: number) => NumericArray
  get: (view: DataView, at: number) => number
}

const ELEMENT_TYPES: Partial<Record<number, ElementType>> = {
  0x08: { bytes: 1, make: (n) => new Uint8Array(n), get: (view, at) => view.getUint8(at) },
  0x09: { bytes: 1, make: (n) => new Int8Array(n), get: (view, at) => view.getInt8(at) },
  0x0b: { bytes: 2, make: (n) => new Int16Array(n), get: (view, at) => view.getInt16(at) },
  0x0c: { bytes: 4, make: (n) => new Int32Array(n), get: (view, at) => view.getInt32(at) },
  0x0d: { bytes: 4, make: (n) => new Float32Array(n), get: (view, at) => view.getFloat32(at) },
  0x0e: { bytes: 8, make: (n) => new Float64Array(n), get: (view, at) => view.getFloat64(at) },
}
const MOST_DIMENSIONS = 4
/** Deflate cannot expand more than this: a header that claims more lies about its data. */
const DEFLATE_LIMIT = 1032

export interface IdxHeader {
  type: ElementType
  dimensions: number[]
  /** Bytes before the first element. */
  length: number
  /** Elements of one item: the product of all dimensions but the first. */
  stride: number
}

/** Whether the bytes begin like IDX. */
export function isIdx(head: Uint8Array): boolean {
  return (
    head[0] === 0 &&
    head[1] === 0 &&
    ELEMENT_TYPES[head[2]] !== undefined &&
    head[3] >= 1 &&
    head[3] <= MOST_DIMENSIONS
  )
}

/** @throws BidualError for a wrong magic number, a header that is cut off, or an empty dimension. */
export function readIdxHeader(head: Uint8Array, file: string): IdxHeader {
  if (!isIdx(head)) {
    const magic = Array.from(head.subarray(0, 4), (byte) => byte.toString(16).padStart(2, '0')).join(' ')
    throw new BidualError(
      'bad-input',
      `Expected an IDX file, whose first bytes are 00 00, an element type (08, 09, 0b–0e) and 01–04; found ${magic}. ` +
        'Choose the file as it was published, or another format.',
      { file },
    )
  }
  const count = head[3]
  const length = 4 + 4 * count
  if (head.length < length) throw truncated(length, head.length, file)
  const view = new DataView(head.buffer, head.byteOffset, head.byteLength)
  const dimensions = Array.from({ length: count }, (_, i) => view.getUint32(4 + 4 * i))
  if (dimensions.includes(0)) {
    throw new BidualError('bad-input', `The IDX file holds no items: its shape is ${dimensions.join('×')}.`, {
      file,
    })
  }
  const stride = dimensions.slice(1).reduce((product, size) => product * size, 1)
  return { type: ELEMENT_TYPES[head[2]]!, dimensions, length, stride }
}

/** Bytes that the file must have. */
export function expectedBytes(header: IdxHeader): number {
  return header.length + header.dimensions[0] * header.stride * header.type.bytes
}

/**
 * Compares the header's claim with the size of the file, before anything is allocated.
 *
 * @param size decompressed bytes, where known
 * @param storedSize bytes on the disk, where known
 * @throws BidualError when the file is too short (or impossibly compressed) or too long.
 */
export function checkIdxSize(
  header: IdxHeader,
  size: number | null,
  storedSize: number | null,
  file: string,
): void {
  const expected = expectedBytes(header)
  const most = size ?? (storedSize === null ? Infinity : storedSize * DEFLATE_LIMIT)
  if (most < expected) throw truncated(expected, most, file)
  if (size !== null && size > expected) throw tooLong(expected, file)
}

/** The error for a file that ends early. */
export function truncated(expected: number, found: number, file: string): BidualError {
  return new BidualError(
    'bad-input',
    `The IDX file is cut off: its header promises ${expected} bytes, there are at most ${found}. Get it again.`,
    { file },
  )
}

/** The error for a file that goes on after its last item. */
export function tooLong(expected: number, file: string): BidualError {
  return new BidualError(
    'bad-input',
    `The IDX file is longer than the ${expected} bytes that its header promises, so it is damaged. Get it again.`,
    { file },
  )
}
