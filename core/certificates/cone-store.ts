import type { WorkingCone } from './simplicial-cone.ts'

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

  /** Bytes allocated. */
  get bytes(): number {
    return this.buckets.reduce(
      (sum, { numbers, integers }) => sum + numbers.byteLength + integers.byteLength,
      0,
    )
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
