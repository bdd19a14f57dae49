import { BidualError } from '../errors.ts'
import type { Matrix } from '../linalg/matrix.ts'
import { sideOf, type WorkingCone } from './simplicial-cone.ts'

/** Buckets an octave of the relative excess of a bound over the reference. */
const PER_OCTAVE = 3
/** Excesses from 2^−44 to 2^20 have their own buckets. */
const LOWEST_OCTAVE = -44
const OCTAVES = 64

/**
 * Open cones by their bounds: one stack for each range of bounds, the records one behind the other in flat arrays.
 *
 * A record is two bounds, the vertices and the form as numbers; the crossing rows with their sides, and their count, as integers.
 */
export class ConeStore {
  /** Cones in the store. */
  count = 0
  private readonly reference: number
  private readonly stride: number
  private readonly vertexSize: number
  private readonly buckets: Bucket[]
  /** No bucket above this one has cones, none below `bottom`. */
  private top = 0
  private bottom = 0

  /** @param reference the excess of a bound is measured above it and relative to it; positive */
  constructor(r: number, formSize: number, reference: number) {
    this.reference = reference
    this.vertexSize = r * r
    this.stride = 2 + r * r + formSize
    this.buckets = Array.from({ length: OCTAVES * PER_OCTAVE }, () => ({
      numbers: new Float64Array(0),
      used: 0,
      integers: new Int32Array(0),
      filled: 0,
    }))
  }

  /** Bytes of the cones; up to two and a half times as many are allocated. */
  get bytes(): number {
    return this.buckets.reduce((sum, { used, filled }) => sum + 8 * used + 4 * filled, 0)
  }

  /** Entries that {@link save} makes of the cones. */
  entries(hyperplanes: number): number {
    return this.count * (this.stride + wordsOf(hyperplanes)) + this.buckets.length
  }

  /** A copy of all cones. The rows of a cone are in ascending order: a bit for each says which they are. */
  save(hyperplanes: number): SavedCones {
    const { buckets, stride } = this
    const words = wordsOf(hyperplanes)
    const numbers = new Float64Array(this.count * stride)
    const bits = new Uint32Array(this.count * words)
    let cones = 0
    for (const { numbers: own, integers, used, filled } of buckets) {
      numbers.set(own.subarray(0, used), cones * stride)
      cones += used / stride
      for (let cone = cones - 1, end = filled; end > 0; cone--) {
        const first = end - 1 - 2 * integers[end - 1]
        for (let at = first; at < end - 1; at += 2) {
          bits[cone * words + (integers[at] >>> 5)] |= 1 << (integers[at] & 31)
        }
        end = first
      }
    }
    const sizes = Float64Array.from(buckets, ({ used }) => used / stride)
    return { sizes, numbers, crossing: Float64Array.from(bits) }
  }

  /**
   * Fills an empty store, in the order in which the cones were in the one saved.
   *
   * @param normals of the hyperplanes, N×r
   * @throws BidualError bad-input when these are no cones of such a store: the file is damaged
   */
  load({ sizes, numbers, crossing }: SavedCones, normals: Matrix): void {
    const { stride, buckets } = this
    const words = wordsOf(normals.rows)
    const whole = numbers.length / stride
    const isCount = (size: number) => Number.isInteger(size) && size >= 0 && size <= whole
    require(sizes.length === buckets.length && sizes.every(isCount))
    require(sizes.reduce((sum, size) => sum + size, 0) === whole && crossing.length === whole * words)
    let cones = 0
    sizes.forEach((size, at) => {
      const own = numbers.slice(cones * stride, (cones + size) * stride)
      const bits = crossing.subarray(cones * words, (cones + size) * words)
      cones += size
      const integers = new Int32Array(size + 2 * bits.reduce((sum, word) => sum + countBits(word), 0))
      for (let from = 0, cone = 0, to = 0; from < own.length; from += stride, cone++) {
        require(this.bucketOf(Math.max(own[from], own[from + 1])) === at)
        const vertices = own.subarray(from + 2, from + 2 + this.vertexSize)
        to = putRows(bits.subarray(cone * words, (cone + 1) * words), vertices, normals, integers, to)
      }
      buckets[at] = { numbers: own, used: own.length, integers, filled: integers.length }
    })
    this.count = whole
    this.bottom = 0
    this.top = buckets.length - 1
  }

  push(cone: WorkingCone): void {
    const at = this.bucketOf(cone.bound)
    const bucket = this.buckets[at]
    reserve(bucket, this.stride, 2 * cone.count + 1)
    const { numbers, integers } = bucket
    numbers.set(cone.bounds, bucket.used)
    numbers.set(cone.vertices, bucket.used + 2)
    numbers.set(cone.form, bucket.used + 2 + this.vertexSize)
    let to = bucket.filled
    for (let e = 0; e < cone.count; e++) {
      integers[to++] = cone.rows[e]
      integers[to++] = cone.sides[e]
    }
    integers[to++] = cone.count
    bucket.used += this.stride
    bucket.filled = to
    this.top = this.count === 0 ? at : Math.max(this.top, at)
    this.bottom = this.count === 0 ? at : Math.min(this.bottom, at)
    this.count++
  }

  /**
   * Takes the cone stored last in the highest bucket, or in the lowest one: with the lowest, hardly more is stored than
   * there is already.
   *
   * @returns false when there is none
   */
  pop(cone: WorkingCone, lowest: boolean): boolean {
    if (this.count === 0) return false
    const bucket = lowest ? this.lowestBucket() : this.highestBucket()
    bucket.used -= this.stride
    const { numbers, integers, used } = bucket
    cone.bounds[0] = numbers[used]
    cone.bounds[1] = numbers[used + 1]
    copy(numbers, used + 2, cone.vertices)
    copy(numbers, used + 2 + this.vertexSize, cone.form)
    const count = integers[bucket.filled - 1]
    bucket.filled -= 2 * count + 1
    for (let e = 0, from = bucket.filled; e < count; e++) {
      cone.rows[e] = integers[from++]
      cone.sides[e] = integers[from++]
    }
    cone.count = count
    this.count--
    shrink(bucket)
    return true
  }

  /** The largest bound in the store, 0 when it is empty. */
  largestBound(): number {
    if (this.count === 0) return 0
    const { numbers, used } = this.highestBucket()
    let largest = 0
    for (let at = 0; at < used; at += this.stride) largest = Math.max(largest, numbers[at], numbers[at + 1])
    return largest
  }

  private highestBucket(): Bucket {
    while (this.buckets[this.top].used === 0) this.top--
    return this.buckets[this.top]
  }

  private lowestBucket(): Bucket {
    while (this.buckets[this.bottom].used === 0) this.bottom++
    return this.buckets[this.bottom]
  }

  private bucketOf(bound: number): number {
    const excess = bound / this.reference - 1
    if (!(excess > 0)) return 0
    const at = Math.floor((Math.log2(excess) - LOWEST_OCTAVE) * PER_OCTAVE)
    return Math.min(this.buckets.length - 1, Math.max(0, at))
  }
}

/** The cones of a store as numbers, one bucket behind the other. */
export interface SavedCones {
  /** Cones in each bucket. */
  sizes: Float64Array
  /** Bounds, vertices and form of each cone. */
  numbers: Float64Array
  /** Which hyperplanes cross each cone, 32 of them to a number. */
  crossing: Float64Array
}

const wordsOf = (hyperplanes: number) => Math.ceil(hyperplanes / 32)

function require(holds: boolean): void {
  if (!holds) throw new BidualError('bad-input', 'The saved bound search is damaged: start the run anew.')
}

function countBits(word: number): number {
  let count = 0
  for (let rest = word | 0; rest !== 0; rest &= rest - 1) count++
  return count
}

/** Writes the integers of a record: crossing rows with their sides, which the vertices tell, and their count. */
function putRows(
  bits: Float64Array,
  vertices: Float64Array,
  normals: Matrix,
  integers: Int32Array,
  from: number,
): number {
  let to = from
  for (let w = 0; w < bits.length; w++) {
    for (let rest = bits[w] | 0; rest !== 0; rest &= rest - 1) {
      const row = 32 * w + 31 - Math.clz32(rest & -rest)
      require(row < normals.rows)
      integers[to++] = row
      integers[to++] = sidesOf(normals, row, vertices)
    }
  }
  integers[to] = (to - from) / 2
  return to + 1
}

function sidesOf({ data, cols: r }: Matrix, row: number, vertices: Float64Array): number {
  let side = 0
  for (let k = 0, v = 0; k < r; k++) {
    let t = 0
    for (let c = 0, at = row * r; c < r; c++) t += data[at++] * vertices[v++]
    side |= sideOf(t, k)
  }
  return side
}

/** Records one behind the other; the last ones are taken first. */
interface Bucket {
  numbers: Float64Array
  /** Numbers in use. */
  used: number
  integers: Int32Array
  /** Integers in use. */
  filled: number
}

/** Buckets smaller than that many numbers never shrink. */
const SMALL_BUCKET = 2 ** 16

function reserve(bucket: Bucket, numbers: number, integers: number): void {
  if (bucket.used + numbers > bucket.numbers.length) {
    const grown = new Float64Array(Math.max(8 * numbers, Math.ceil(1.5 * bucket.numbers.length) + numbers))
    grown.set(bucket.numbers.subarray(0, bucket.used))
    bucket.numbers = grown
  }
  if (bucket.filled + integers > bucket.integers.length) {
    const grown = new Int32Array(Math.max(8 * integers, Math.ceil(1.5 * bucket.integers.length) + integers))
    grown.set(bucket.integers.subarray(0, bucket.filled))
    bucket.integers = grown
  }
}

/** Gives memory back when a bucket has become a quarter of what it was. */
function shrink(bucket: Bucket): void {
  if (bucket.numbers.length < SMALL_BUCKET || 4 * bucket.used > bucket.numbers.length) return
  bucket.numbers = bucket.numbers.slice(0, 2 * bucket.used)
  bucket.integers = bucket.integers.slice(0, 2 * bucket.filled)
}

function copy(from: Float64Array, at: number, to: Float64Array): void {
  for (let k = 0; k < to.length; k++) to[k] = from[at + k]
}
